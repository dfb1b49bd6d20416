// What analysts' tools and an independent reckoning read: records, registrations and episodes as typed rows beside the
// packed ones, written in their transaction and like them a function of the lines. No plate and no VIN stands in them.
// Enums are numbers whose words stand in `codes`, days are those since 1970-01-01. Episodes are as all records say,
// whatever the day: what time alone brings (a deadline that passes, a waiver that ends) is a day in a column.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/store/stored_rows.hpp"
#include "hub/store/typed_table.hpp"
#include "loop/projection.hpp"

namespace imloop::hub {

/// Which of them are other than before.
struct TypedChanges {
    std::set<std::string> records, vehicles;
    void add(const loop::Projection::Changes&);
};

// The loop's, beside the rows `of` and under their prefix.
void make_typed(const StoredRows& of);
bool has_typed(const StoredRows& of);
/// No rows but the words of the numbers. Within a transaction, as all that follow.
void begin_typed(const StoredRows& of);
/// `projection` as settled, with its rows held or written.
void write_typed(const loop::Projection& projection, const TypedChanges&, const StoredRows& of);
/// As StoredRows::take_over.
void take_over_typed(engine::Connection&, const std::string& prefix);
/// Over each table in the order of its keys, the same on either engine.
std::map<std::string, std::string> typed_digests(const StoredRows& of);

}  // namespace imloop::hub
