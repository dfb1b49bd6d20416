// How a segment comes in: its frame, whose key may seal it, its chain and seal, and each of its lines admitted. What
// comes on a stick has a judgement of its own (hub/stick.hpp) that ends in the same steps. Thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hub/answers.hpp"
#include "hub/caller.hpp"
#include "hub/known_keys.hpp"
#include "hub/writer.hpp"

namespace imloop::hub {

class Hub;

/// Whether a source is a hub: by the first letter of its id.
bool is_hub(std::string_view source);
/// 403 foreign_hub: what another hub wrote is not taken.
Answer foreign_hub(std::string_view source);
/// 403 source_revoked.
Answer revoked();
/// What a frame or coding that does not hold is answered with.
Answer refusal_of(const journal::Error&);
/// The refusal of a seal whose key is not this source's.
Answer key_unknown(const KnownKeys&, const std::string& source);

/// A segment that came over the network, checked up to its seal and its lines admitted. Nothing: `refusal` says why.
std::optional<Arrival> arrived(Hub&, const Caller&, std::string bytes, Answer& refusal);

/// The steps all ways share: the frame, then seal and admission.
std::optional<Arrival> framed(std::string bytes, loop::Moment received_at, Answer& refusal);
bool sealed(Arrival&, const journal::PublicKey&, loop::Moment received_at, Answer& refusal);

}  // namespace imloop::hub
