// A call that a front hands over whole to the hub that writes: by what it was asked, to be found and answered there as
// if it had been asked there.
#pragma once

#include "hub/api/routes.hpp"
#include "hub/sequencer/inbox.hpp"

namespace imloop::hub {

Asked asked_of(const Route&, const Context&);
/// Its source is judged once more: its key may have been revoked since it was let in. Doesn't wait.
void answer_handed_over(Hub&, const Asked&, Done);

}  // namespace imloop::hub
