// From the named members of an equipment file to the readings of a record: what is missing or no number is remembered
// by name, what says "none" (no_values.hpp) too, and which readings failed.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imloop::station::intake {

using Json = nlohmann::ordered_json;

std::optional<double> number(std::string_view);
/// 80 rather than 80.0, so that a record reads like the file.
Json json_number(double);
/// A string where there is one, an array where there are several, nothing where there is none.
void put_one_or_many(Json& object, const char* name, const std::vector<std::string>&);

/// Members of one file.
class Fields {
public:
    /// Gives the value of a member, empty where there is none.
    using Lookup = std::function<std::string(const std::string&)>;
    /// `own_none`: the number that this form of file has for "none", whatever the quantity.
    explicit Fields(Lookup lookup, std::optional<double> own_none = {})
        : lookup_(std::move(lookup)), own_none_(own_none) {}

    std::string text(const std::string& key) const { return lookup_(key); }
    /// `quantity` as in no_values.hpp. Nothing where the member is empty or says "none".
    std::optional<double> optional(const std::string& key, std::string_view quantity = {});
    /// Missing counts as bad; nothing only where it says "none".
    std::optional<double> needed(const std::string& key, std::string_view quantity = {});
    /// `1` and `0`; nothing where it is empty.
    std::optional<bool> optional_flag(const std::string& key);
    bool flag(const std::string& key);

    /// The first member that was missing or not of its type; empty where all was well.
    const std::string& bad() const { return bad_; }
    void mark_bad(const std::string& key);

    struct None {
        std::string key, written;
    };
    /// Members that say "none", in the order they were asked for.
    const std::vector<None>& none() const { return none_; }
    /// Numbers and flags that were looked for.
    const std::set<std::string>& asked() const { return asked_; }

private:
    Lookup lookup_;
    std::optional<double> own_none_;
    std::string bad_;
    std::vector<None> none_;
    std::set<std::string> asked_;
};

/// What is measured, of one item at one phase.
struct Item {
    const char* item;
    const char* phase;
    const char* unit;
};

/// The names of the members that hold a reading; empty where the file has none.
struct Names {
    std::string value, limit, passed, limit_low;
};

/// Fills `readings` and collects `failed_items`.
class Readings {
public:
    Readings(Fields& fields, Json& record) : fields_(fields), record_(record) { record_["readings"] = Json::array(); }

    /// Value, limits and whether it passed must all be there; one whose value says "none" is left out.
    void judged(const Item&, const Names&);
    /// Left out where the value is; limits and judgement as far as the file has them. Without a judgement the limits
    /// decide; of power the limit is the lower one.
    void measured(const Item&, const Names&);
    void plain(const Item& item, const std::string& value) { measured(item, {value, {}, {}, {}}); }

    /// Judged by `passed`, else by the limits.
    void put(const Item&, double value, std::optional<double> limit, std::optional<double> limit_low,
             std::optional<bool> passed);

    /// Of a test that failed also what was judged so and says "none": where a test passed, that is a method not taken.
    Json failed(bool test_failed) const;

private:
    Fields& fields_;
    Json& record_;
    Json failed_ = Json::array(), failed_unmeasured_ = Json::array();
};

}  // namespace imloop::station::intake
