#include "station/intake/province/province.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "loop/time.hpp"
#include "station/intake/formats/ini.hpp"

namespace imloop::station::intake {
namespace {

std::string two_digits(const std::string& text) { return text.size() == 1 ? "0" + text : text; }

/// Members by the names they have as attributes of their reading, where these are not made of the same words.
const std::map<std::string, std::vector<std::string>>& as_attribute() {
    static const std::map<std::string, std::vector<std::string>> all = {
        {"smokeklimit", {"k100_limit"}},
        {"k100judge", {"k100_passed", "k100_judge"}},
        {"k80limit", {"k80_limit"}},
        {"k80judge", {"k80_passed", "k80_judge"}},
        {"k80nolimit", {"k80no_limit"}},
        {"k80nojudge", {"k80no_passed", "k80no_judge"}},
        {"maxpowerlimit", {"maxpower_limit"}},
        {"smoke_limit", {"smoke_avg_limit"}},
        {"lambda_limit_h", {"lambda_limit", "lambda_limit_high"}},
        {"lambda_limit_l", {"lambda_limit_low"}}};
    return all;
}

}  // namespace

std::string word(const CodeWords& words, const std::string& text) {
    const auto found = words.find(text);
    return found == words.end() ? std::string() : found->second;
}

bool says_nothing(const std::string& text) {
    return text.empty() || text == "-" || text == "无" || text == "不支持" || text == "99999";
}

Fields fields_of(const XmlNode& node) {
    return Fields(
        [&node](const std::string& name) {
            if (const auto* child = node.child(name)) return child->text;
            const auto other = as_attribute().find(name);
            if (other != as_attribute().end())
                for (const auto& attribute : other->second)
                    if (const auto* child = node.child(attribute)) return child->text;
            return std::string();
        },
        99999.0);
}

void note_none(const XmlNode& node, const Fields& fields, Notes& notes) {
    for (const auto& one : fields.none()) notes.push_back(no_value({}, line_of(node, one.key), one.key, one.written));
}

void note_unread(const XmlNode& node, const Fields& fields, Notes& notes) {
    std::set<std::string, NoCase> read(fields.asked().begin(), fields.asked().end());
    for (const auto& [name, attributes] : as_attribute())
        if (read.contains(name)) read.insert(attributes.begin(), attributes.end());
    for (const auto& child : node.children)
        if (child.is_attribute && !read.contains(child.name))
            notes.push_back({{},
                             "not_read",
                             "这个属性没有读: " + child.name + "=" + child.text,
                             "this attribute is not read: " + child.name + "=" + child.text,
                             child.line,
                             child.name});
        else if (read.contains(child.name) && !child.children.empty())
            notes.push_back({{},
                             "not_read",
                             "值写在属性或下级元素里，没有读: " + child.name,
                             "its value stands in attributes or elements inside, which are not read: " + child.name,
                             child.line,
                             child.name});
}

Notes notes_of(const XmlNode& node) {
    Notes out;
    std::map<std::string_view, const XmlNode*, NoCase> first;
    std::set<std::string_view> said;
    for (const auto& child : node.children) {
        if (child.is_damaged) out.push_back(damaged({}, child.line, child.name));
        std::ranges::move(notes_of(child), std::back_inserter(out));
        if (!child.children.empty()) continue;
        const auto [at, is_new] = first.emplace(child.name, &child);
        if (!is_new && at->second->text != child.text && said.insert(child.name).second)
            out.push_back(repeated_member({}, child.line, child.name, at->second->line));
    }
    return out;
}

std::string moment_of(const std::string& text, const std::string& day, const Settings& settings) {
    if (loop::parse_moment(text)) return text;
    std::vector<std::string> groups(1);
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            groups.back() += c;
        else if (std::string_view("-/:. T").find(c) == std::string_view::npos)
            return {};
        else
            groups.emplace_back();
    }
    if (groups.size() == 1 && groups[0].size() == 14) {
        const auto& g = groups[0];
        groups = {g.substr(0, 4), g.substr(4, 2), g.substr(6, 2), g.substr(8, 2), g.substr(10, 2), g.substr(12, 2)};
    }
    if (groups.size() == 3 && !day.empty()) return moment_of(day + " " + text, {}, settings);
    if (groups.size() < 6) return {};
    std::string out = groups[0];
    for (std::size_t i = 1; i < 6; ++i) out += (i < 3 ? "-" : i == 3 ? "T" : ":") + two_digits(groups[i]);
    out += settings.time_offset;
    return loop::parse_moment(out) ? out : std::string();
}

std::size_t line_of(const XmlNode& node, const std::string& name) {
    const auto* child = node.child(name);
    return child == nullptr ? node.line : child->line;
}

Refusal bad_value(const XmlNode& node, const std::string& name) {
    return {"bad_value", "缺少或格式不对: " + name, "missing or not of its form: " + name, line_of(node, name)};
}

Refusal no_report_number(const XmlNode& data) {
    return {"no_report_number", "没有检测编号 (check_id)", "has no report number (check_id)",
            line_of(data, "check_id")};
}

boost::system::result<std::string, Refusal> verdict_of(const XmlNode& data) {
    const auto passed = data.value("passed");
    if (passed == "3")
        return Refusal{"invalid_test", "设备判为无效的检验，不采用",
                       "a test that its own equipment calls invalid is not taken", line_of(data, "passed")};
    const auto verdict = word({{"0", "fail"}, {"1", "pass"}, {"2", "aborted"}}, passed);
    if (verdict.empty()) return bad_value(data, "passed");
    return verdict;
}

}  // namespace imloop::station::intake
