// A test on both engines of the store. Where no PostgreSQL server can be started it is left out, aloud.
#pragma once

#include <catch2/catch.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "tests/support/files.hpp"
#include "tests/support/postgres.hpp"

namespace imloop::test {

/// A new, empty place for a store on one of the engines.
struct StorePlace {
    explicit StorePlace(bool server) {
        url = server ? PostgresServer::one().fresh() : (folder.path() / "hub.sqlite").string();
    }
    TempDir folder;
    std::string url;
};

inline std::vector<int> engines() {
    const auto& server = PostgresServer::one();
    if (server.is_there()) return {0, 1};
    std::cerr << "PostgreSQL: skipped, " << server.missing() << '\n';
    return {0};
}

}  // namespace imloop::test

#define ON_BOTH_ENGINES                                                        \
    const bool is_server = GENERATE(from_range(imloop::test::engines())) == 1; \
    INFO((is_server ? "PostgreSQL" : "SQLite"));                               \
    const imloop::test::StorePlace place(is_server)
