// What a form that was sent has to say on the page it leads to.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "station/page/html.hpp"

namespace imloop::station::page {

enum class Tone { good, accent, warn, bad, none };
std::string_view class_of(Tone);

/// A missing or wrong field, by name.
struct FieldProblem {
    std::string field;
    std::string text;
    bool operator==(const FieldProblem&) const = default;
};
using FieldProblems = std::vector<FieldProblem>;
/// What is wrong with a field; empty where nothing is.
std::string problem_of(const FieldProblems&, std::string_view field);

struct Told {
    Tone tone = Tone::good;
    std::string text;        ///< a sentence; may be empty
    FieldProblems problems;  ///< in the order of the form
    nlohmann::json more;     ///< what the page is made of beside, as an answer of the hub
};

/// The sentence in its box; empty where there is none.
Html told_note(const Told&);
/// Under a field: a triangle and what is wrong, as `FIELD-error`; empty where nothing is.
Html field_error(const FieldProblems&, std::string_view field);
/// Attributes of the field itself: that it is wrong, and where that is said.
Html field_marks(const FieldProblems&, std::string_view field);
/// The class of what holds the field and its label.
Html field_class(const FieldProblems&, std::string_view field);

}  // namespace imloop::station::page
