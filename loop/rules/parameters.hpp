// Parameters of the rules: the defaults of schemas/tables/rules/*.json, changed by the policy, for all counties or
// for one:
//   "rules": {"R03": {"enabled": false, "parameters": {"lambda_difference_max": 0.05},
//                     "counties": {"610428": {"lambda_difference_max": 0.08}}}}
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace imloop::loop::rules {

/// Read once, then only read: thread safe.
class Parameters {
public:
    /// `changes` is the member `rules` of a policy. Throws std::runtime_error that names the place for a rule or
    /// parameter there is none of, unless these are left out, as of a line that another version of the rules took; and
    /// nlohmann::json::exception for another type.
    enum class Unknown { refused, left_out };
    explicit Parameters(const nlohmann::json& changes = nlohmann::json::object(), Unknown = Unknown::refused);

    bool enabled(std::string_view rule) const;
    /// Throws std::logic_error for a parameter the rule's table does not have.
    double number(std::string_view rule, std::string_view name, std::string_view county) const;
    /// The least it is anywhere.
    double least(std::string_view rule, std::string_view name) const;
    bool operator==(const Parameters&) const = default;

private:
    using Numbers = std::map<std::string, double, std::less<>>;
    struct OfRule {
        bool enabled = true;
        Numbers numbers;
        std::map<std::string, Numbers, std::less<>> by_county;
        bool operator==(const OfRule&) const = default;
    };
    std::map<std::string, OfRule, std::less<>> rules_;
};

}  // namespace imloop::loop::rules
