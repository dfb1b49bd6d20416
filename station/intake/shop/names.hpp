// schemas/tables/shop_columns.json as it is matched against headers. Pure and thread safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "station/intake/shop/columns.hpp"

namespace imloop::station::intake {

struct ShopName {
    enum class Meaning { field, other, personal };
    std::string text;  ///< normal form
    Meaning meaning = Meaning::other;
    std::string field;
    std::size_t rank = 0;     ///< 0: most formal
    bool only_whole = false;  ///< says too little to be looked for inside a header
};

struct ShopUnit {
    std::string of;  ///< money, distance, hours, days, count; empty: can't be reckoned into ours
    int power = 0;   ///< of ten, from it to ours
};

struct ShopNames {
    std::map<std::string, ShopField, std::less<>> fields;
    std::map<std::string, std::string, std::less<>> unit_of;           ///< by field
    std::vector<ShopName> names;                                       ///< long before short, fields before others
    std::map<std::string, std::set<std::string>, std::less<>> blanks;  ///< by field; "": of all
    std::map<std::string, std::vector<std::string>, std::less<>>
        plain_units;                                                        ///< ours as they are, by what they measure
    std::map<std::string, ShopUnit, std::less<>> units;                     ///< by unit_key
    std::map<std::string, std::vector<std::string>, std::less<>> harmless;  ///< by field; "": of all; long before short
    std::vector<std::string> qualifiers;
};

const ShopNames& shop_names();

/// Normal form, or where that is empty (¥, %) the word itself.
std::string unit_key(const std::string& word);

}  // namespace imloop::station::intake
