// From a record's JSON, right by its schema, to what the projection takes. Pure and thread safe.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "loop/admission.hpp"

namespace imloop::loop::record {

/// `imloop/repair/1` gives the kind; nothing where there is no such kind or no `schema`.
std::optional<Kind> kind_of(const nlohmann::json& record);

/// Codes that may grow (a new event, say) and are not known here leave their part of the fact empty.
Fact read_fact(Kind, const nlohmann::json& record);
std::optional<Registration> read_registration(const nlohmann::json& record);
std::optional<Credential> read_credential(const nlohmann::json& record);
std::optional<Correction> read_correction(const nlohmann::json& record);

/// Fills fact, correction, registration and credential from `admitted.json`, whose kind is set.
void read_into(Admitted& admitted);

}  // namespace imloop::loop::record
