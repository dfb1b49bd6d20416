// The form of a database and how it is brought up to date: row `schema_version` of its table `meta`. A database
// without the row has version 0: it is empty, or from before versions were kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace imloop::engine {

struct Form {
    const char* meta_get;  ///< value of meta's row $1
    const char* meta_put;  ///< sets meta's row $1 to $2
    /// steps[n] leads from version n to n + 1. A step that has been released is never changed, a new one is added.
    std::vector<std::function<void(Connection&)>> steps;

    std::int64_t version() const { return static_cast<std::int64_t>(steps.size()); }
};

std::int64_t version_of(Connection&, const Form&);
/// All steps that are missing, in one transaction: afterwards the database has the newest form, or it is as it was.
/// Throws StoreError, and changes nothing, where a newer program wrote it; `name` says which database.
void bring_up_to_date(Connection&, const Form&, std::string_view name);

}  // namespace imloop::engine
