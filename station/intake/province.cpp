#include "station/intake/province.hpp"

namespace imloop::station::intake {

std::string word(const Words& words, const std::string& text) {
    const auto found = words.find(text);
    return found == words.end() ? std::string() : found->second;
}

bool says_nothing(const std::string& text) {
    return text.empty() || text == "-" || text == "无" || text == "不支持" || text == "99999";
}

Fields fields_of(const XmlNode& node) {
    return Fields([&node](const std::string& name) {
        const auto text = node.value(name);
        return number(text) == 99999.0 ? std::string() : text;
    });
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
