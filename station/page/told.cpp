#include "station/page/told.hpp"

#include <algorithm>

#include "station/page/frame.hpp"

namespace imloop::station::page {

std::string_view class_of(Tone tone) {
    constexpr std::string_view names[] = {"good", "accent", "warn", "bad", "none"};
    return names[static_cast<int>(tone)];
}

std::string problem_of(const FieldProblems& problems, std::string_view field) {
    const auto it = std::ranges::find(problems, field, &FieldProblem::field);
    return it == problems.end() ? std::string() : it->text;
}

Html told_note(const Told& told) {
    if (told.text.empty()) return {};
    const bool is_alarm = told.tone == Tone::warn || told.tone == Tone::bad;
    return html(R"(<div class="note {}" role="{}"><p>{}</p></div>)", class_of(told.tone), is_alarm ? "alert" : "status",
                told.text);
}

Html field_error(const FieldProblems& problems, std::string_view field) {
    const auto text = problem_of(problems, field);
    return text.empty() ? Html{}
                        : html(R"(<div class="error" id="{}-error">{}{}</div>)", field, shape("attention"), text);
}

Html field_marks(const FieldProblems& problems, std::string_view field) {
    return problem_of(problems, field).empty() ? Html{}
                                               : html(R"( aria-invalid="true" aria-describedby="{}-error")", field);
}

Html field_class(const FieldProblems& problems, std::string_view field) {
    return problem_of(problems, field).empty() ? Html{} : Html{R"( class="field-error")"};
}

}  // namespace imloop::station::page
