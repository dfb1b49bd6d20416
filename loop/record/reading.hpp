// From a record, right by its schema, to what the projection takes. Pure and thread safe.
#pragma once

#include <optional>

#include "loop/admission.hpp"
#include "loop/record/value.hpp"

namespace imloop::loop::record {

/// `imloop/repair/1` gives the kind; nothing where there is no such kind or no `schema`.
std::optional<Kind> kind_of(const Value& record);

/// Fills the fact, and what a fact does not hold of a claim, correction, registration, credential, policy or case; the
/// kind is set.
void read_into(Admitted& admitted, const Value& record);

}  // namespace imloop::loop::record
