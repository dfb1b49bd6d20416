#include "station/page/select.hpp"

#include <algorithm>

#include "loop/tables.hpp"

namespace imloop::station::page {

Choices choices_of(const char* table, const Language& w) {
    Choices out;
    for (const auto& row : loop::rows_of(table))
        out.emplace_back(row.at("code").get<std::string>(),
                         row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>());
    return out;
}

Html options(const Choices& choices, const std::string& chosen, std::string_view none) {
    const auto one = [&](const std::string& code, std::string_view words) {
        return html(R"(<option value="{}"{}>{}</option>)", code, code == chosen ? Html{" selected"} : Html{}, words);
    };
    Html out = one("", none);
    if (!chosen.empty() && std::ranges::find(choices, chosen, &Choices::value_type::first) == choices.end())
        out += one(chosen, chosen);
    for (const auto& [code, words] : choices) out += one(code, words);
    return out;
}

}  // namespace imloop::station::page
