// Follows the hub's feed and hands it on, in order. The place in the feed is kept on disk and moves on only after what
// came before it was delivered: after a crash lines may come again, none is left out (`position` and the record's id
// tell them apart).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "station/config.hpp"

namespace imloop::bridge {

/// Names of companies by station_id.
using Names = std::map<std::string, std::string>;

/// A page of the feed, one item a line, in the forms of the platforms: `{"kind":"repair","message":{…}}`, `failed_test`
/// likewise, and `{"kind":"withdrawn","record_id":…}`. What has no such form is left out.
std::string mapped(std::string_view page, const Names&);

/// Follows on a thread of its own until what is returned goes; nothing where the configuration names no place.
std::shared_ptr<void> follow(const station::Config&);

}  // namespace imloop::bridge
