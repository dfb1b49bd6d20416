#include "engine/engine.hpp"

namespace imloop::engine {

Transaction::Transaction(Connection& connection, Access access) : connection_(connection) { connection_.begin(access); }

Transaction::~Transaction() {
    if (!open_) return;
    try {
        connection_.execute("ROLLBACK");
    } catch (const StoreError&) {
        // The engine has rolled back by itself, or the connection is gone and the transaction with it.
    }
}

void Transaction::commit() {
    if (connection_.before_commit_) connection_.before_commit_();
    connection_.execute("COMMIT");
    open_ = false;
}

Savepoint::Savepoint(Connection& connection) : connection_(connection) { connection_.execute("SAVEPOINT part"); }

Savepoint::~Savepoint() {
    if (!open_) return;
    try {
        connection_.execute("ROLLBACK TO part; RELEASE part");
    } catch (const StoreError&) {
        // Then the transaction around it is gone as well, which its commit() says.
    }
}

void Savepoint::release() {
    connection_.execute("RELEASE part");
    open_ = false;
}

}  // namespace imloop::engine
