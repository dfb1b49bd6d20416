// What a schema cannot say about one record: its codes per method, its times, its verdict against its own readings, and
// what its source may write (docs/contract.md, "Admission"). Pure and thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "loop/fact.hpp"
#include "loop/record/schema.hpp"

namespace imloop::loop::record {

/// A record this far ahead of its reception is `occurred_in_future`.
inline constexpr Moment ahead_max = day_ms;

/// `record` holds its schema. Pointers begin with `at`.
void check_semantics(Kind, const Value& record, std::string_view source, Moment received_at, const std::string& at,
                     std::vector<Fault>& faults);

/// Whether this kind of source may write the kind: `kind_not_allowed`. `out_of_scope`: an I, M or E source that writes
/// for another station.
void check_source(Kind, const Value& record, std::string_view source, const std::string& at,
                  std::vector<Fault>& faults);

/// The code that says so where records of this kind are not corrected: what held goes on to have held, another line is
/// written. Empty where they are.
std::string_view not_corrected(Kind);

}  // namespace imloop::loop::record
