#include "station/watch/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imloop::station::watch {
namespace {

struct Advice {
    std::string_view code;
    const char* zh;
    const char* en;
};

constexpr std::array advices{
    Advice{
        "record_id_reused", "同一份报告以前收过，内容不同。请写更正，不要改文件重传。",
        "The report was taken before with other content. Write a correction; don't change the file and send it again."},
    Advice{"unreadable", "请用检测软件重新输出这份文件，放回文件夹。",
           "Let the test software write the file again and put it back into the folder."},
    Advice{"malformed_xml", "文件不完整或被改坏，请用检测软件重新输出，放回文件夹。",
           "The file is cut short or damaged: let the test software write it again and put it back."},
    Advice{"malformed_json", "文件不完整或被改坏，请用检测软件重新输出，放回文件夹。",
           "The file is cut short or damaged: let the test software write it again and put it back."},
    Advice{"unknown_format",
           "本程序不认识这种文件。请确认放对了文件夹；是平台报文的，请向技术支持要对应的格式文件 (intake.profiles)。",
           "This kind of file is not known. Check that it is in the right folder; for a platform's message ask support "
           "for its profile "
           "(intake.profiles)."},
    Advice{"not_a_test", "这不是检验结果。请确认放对了文件夹。",
           "This is no test result. Check that it is in the right folder."},
    Advice{"unknown_column", "表头与映射不符。请改回原来的表头，或在“接入文件”页重新做映射。",
           "The header is not the mapping's. Put the former header back, or make the mapping anew on the page Files."},
    Advice{"too_large", "文件太大。请分成几份，再放进文件夹。",
           "The file is too large. Split it and put the parts into the folder."},
    Advice{"not_a_file", "请把它移走，只放普通文件。", "Move it away: only regular files are read."},
    Advice{"columns_shift", "请在导出时给含逗号的数字加引号，或改用 .xlsx，再放回文件夹。",
           "Quote numbers that have commas when exporting, or use .xlsx, and put the file back."},
    Advice{"no_test", "请把同一次检验的结果文件也放进文件夹，再把这份放回来。",
           "Put the result of the same test into the folder too, then put this file back."},
    Advice{"no_result", "请把同一次检验的结果文件也放进文件夹，再把这份放回来。",
           "Put the result of the same test into the folder too, then put this file back."},
};

constexpr Advice usual{
    "", "请在检测软件里核对、改正后重新输出；改好的文件放回文件夹，或在“接入文件”页按“重新读取”。",
    "Check and mend it in the test software and write the file again; put the mended file back into the folder, or "
    "press Read again on the page Files."};

}  // namespace

void to_json(nlohmann::json& json, const Problem& p) {
    json = {{"file", p.file}, {"line", p.line}, {"place", p.place}, {"value", p.value},
            {"code", p.code}, {"zh", p.why.zh}, {"en", p.why.en},   {"record", p.record}};
}

void from_json(const nlohmann::json& json, Problem& p) {
    p = {json.at("file"),  json.at("line"), json.at("place"),
         json.at("value"), json.at("code"), {json.at("zh"), json.at("en")},
         json.at("record")};
}

service::Words where(const Problem& p) {
    service::Words out;
    if (p.line != 0) out = {fmt::format("第 {} 行", p.line), fmt::format("line {}", p.line)};
    for (const auto* part : {&p.place, &p.value}) {
        if (part->empty()) continue;
        const auto shown = part == &p.value ? "“" + *part + "”" : *part;
        for (auto* words : {&out.zh, &out.en}) *words += (words->empty() ? "" : " ") + shown;
    }
    return out;
}

service::Words sentence(const Problem& p) {
    // Admission's own words begin with the place.
    const auto at = p.line == 0 && p.why.zh.starts_with(p.place) ? service::Words{} : where(p);
    return {at.zh.empty() ? p.why.zh : at.zh + "：" + p.why.zh, at.en.empty() ? p.why.en : at.en + ": " + p.why.en};
}

service::Words what_to_do(std::string_view code) {
    const auto* found = std::ranges::find(advices, code, &Advice::code);
    const auto& advice = found == advices.end() ? usual : *found;
    return {advice.zh, advice.en};
}

std::string explanation(const std::string& name, const std::vector<Problem>& problems, std::size_t records_taken) {
    std::string zh = fmt::format("{} 没有收下。\n", name), en = fmt::format("{} was not taken.\n", name);
    if (records_taken > 0) {
        zh = fmt::format("{} 里有 {} 条记录已收下，其余没有。\n", name, records_taken);
        en = fmt::format("{1} records of {0} were taken, the others were not.\n", name, records_taken);
    }
    std::string_view last_advice;
    for (const auto& p : problems) {
        const auto said = sentence(p), advice = what_to_do(p.code);
        zh += "\n" + said.zh + "\n";
        en += "\n" + said.en + "\n";
        if (p.code != last_advice) {
            zh += "怎么办：" + advice.zh + "\n";
            en += "What to do: " + advice.en + "\n";
        }
        last_advice = p.code;
    }
    return zh + "\n" + en;
}

}  // namespace imloop::station::watch
