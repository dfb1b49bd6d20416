// What the hub tells a station of itself: its figures against its peers', and results of its that wait for an officer.
#pragma once

#include "station/page/site.hpp"

namespace imloop::station::page {

Html peers_page(Site&, const Request&);
/// Empty where no result is held, refused or referred.
Html holds_note(Site&, const Language&);

}  // namespace imloop::station::page
