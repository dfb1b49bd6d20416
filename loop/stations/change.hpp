// Counts that are taken out again as they were added.
#pragma once

namespace imloop::loop::stations {

/// Changes the value under a key, which is gone again when the value is as if it had never been.
template <class Map, class Change>
void change(Map& map, const typename Map::key_type& key, Change by) {
    auto& value = map[key];
    by(value);
    if (value == typename Map::mapped_type{}) map.erase(key);
}

}  // namespace imloop::loop::stations
