// `/correct`: another value in the place of one, or the whole record void, with the reason, as a `correction` record.
// Nothing is edited: the original line stays.
#pragma once

#include "station/page/site.hpp"

namespace imloop::station::page {

/// The form of the line `seq`; nothing where it is no record that this station may correct.
std::optional<Html> correcting(Site&, const Request&);
/// What the form asks: leads to the record's page, or to the form with what is wrong. The form names the correction it
/// was made after: one that was sent before is not written again, one that another window overtook is not written over
/// that.
Next correct(Site&, const Request&);

/// Beside a record that was corrected: the reason, and old values struck through beside new ones. Empty where
/// `correction` is null.
Html correction_note(const nlohmann::json& record, const nlohmann::json& correction, const Language&);

}  // namespace imloop::station::page
