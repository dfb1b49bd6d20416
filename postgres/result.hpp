// What the server answered, let go of when it was read.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace imloop::postgres {

struct Clear {
    void operator()(PGresult* r) const { PQclear(r); }
};
using Result = std::unique_ptr<PGresult, Clear>;

}  // namespace imloop::postgres
