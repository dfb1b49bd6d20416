#include "service/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

namespace imloop::service {
namespace {

const char* mark_of(Verdict v) { return v == Verdict::fine ? "✓" : v == Verdict::look ? "!" : "✗"; }

std::string line(const std::string& title, const std::string& colon, const std::string& what, const std::string& arrow,
                 const std::string& todo) {
    return title + colon + what + (todo.empty() ? "" : arrow + todo);
}

}  // namespace

const char* name_of(Verdict v) { return v == Verdict::fine ? "fine" : v == Verdict::look ? "look" : "broken"; }

int exit_code(const std::vector<Finding>& findings) {
    const auto any = [&](Verdict v) { return std::ranges::find(findings, v, &Finding::verdict) != findings.end(); };
    return any(Verdict::broken) ? 1 : any(Verdict::look) ? 4 : 0;
}

void show(const std::vector<Finding>& findings, bool as_json, std::ostream& out) {
    if (!as_json) {
        for (const auto& f : findings)
            out << fmt::format("{} {} / {}\n", mark_of(f.verdict), line(f.title.zh, "：", f.what.zh, " → ", f.todo.zh),
                               line(f.title.en, ": ", f.what.en, " → ", f.todo.en));
        return;
    }
    auto checks = nlohmann::ordered_json::array();
    for (const auto& f : findings)
        checks.push_back({{"check", f.check},
                          {"verdict", name_of(f.verdict)},
                          {"zh", f.what.zh},
                          {"en", f.what.en},
                          {"todo_zh", f.todo.zh},
                          {"todo_en", f.todo.en}});
    out << nlohmann::ordered_json{{"exit_code", exit_code(findings)}, {"checks", checks}}.dump(2) << '\n';
}

}  // namespace imloop::service
