#include "station/intake/nha/nha.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "loop/time.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/nha/obd.hpp"
#include "station/intake/nha/records.hpp"
#include "station/intake/nha/trace.hpp"

namespace imloop::station::intake {
namespace {

namespace fs = std::filesystem;

struct Reason {
    const char* code;
    const char* zh;
    const char* en;
};
constexpr Reason not_a_test{"not_a_test", "设备、车辆或限值的设置，不是检验",
                            "settings of equipment, vehicle or limits, no test"};
constexpr Reason unreadable{"unreadable", "编码或结构读不出来，可能被截断",
                            "encoding or structure can't be read, cut short?"};
constexpr Reason another_test{"another_test", "是另一次检验的，与检验日志中的车辆、报告或时间不符",
                              "of another test: vehicle, report or times are not those of the test log"};
constexpr Reason stale{"stale", "是以前某天留下的旧文件", "left over from an earlier day"};
constexpr Reason no_report_number{"no_report_number", "没有报告编号，也不属于检验日志中的检验",
                                  "has no report number and is not of the test in the log"};
constexpr Reason not_finished{"not_finished", "检验没有做完", "the test was not finished"};
constexpr Reason blank_run{"blank_run", "全是零，是一次空运行", "nothing but zeros, a dry run"};
constexpr Reason no_result{"no_result", "只有过程数据，没有对应的结果",
                           "process data without a result of the same test"};
constexpr Reason no_test{"no_test", "没有同一次检验的结果可归入",
                         "there is no result of the same visit that it could belong to"};
constexpr Reason repeated{"repeated", "与另一份文件同名（只差大小写），采用前一份",
                          "has the name of another file but for the case of letters, which counts"};
constexpr Reason bad_value{"bad_value", "有缺少或不是数字的值", "a value is missing or no number"};

/// Why a file is not taken, and where it shows.
struct Fault {
    const Reason* reason;
    IniMember at = {};
};

constexpr NhaMethod methods[] = {NhaMethod::two_speed_idle, NhaMethod::asm_, NhaMethod::lugdown,
                                 NhaMethod::free_acceleration, NhaMethod::vmas};
const std::string obd_name = "ResultOfOBD";
/// An OBD check this far from the test is of another visit.
constexpr loop::Moment visit_ms = 4 * 3'600'000;
/// Of a real-time file.
const IniMember first_place{"1", "SamplingTime"};

constexpr std::string_view part_names[] = {"TestLog", "VehicleInfo"};

/// As this program calls the part that a file's name stands for, whatever its case; empty where it is none.
std::string part_of(const fs::path& file) {
    const auto stem = file.stem().string();
    for (const auto name : part_names)
        if (same_but_case(stem, name)) return std::string(name);
    for (const auto method : methods)
        for (const auto* kind : {"ResultOf", "RealTimeDataOf"})
            if (const auto name = kind + nha_name(method); same_but_case(stem, name)) return name;
    return same_but_case(stem, obd_name) ? obd_name : std::string();
}

class FolderReader {
public:
    FolderReader(const std::vector<fs::path>& files, const Settings& settings) : settings_(settings) {
        for (const auto& file : files) {
            if (settings.stop.stop_requested()) return;
            open(file);
        }
    }

    Intake run() && {
        for (const auto method : methods) read(method);
        if (const auto* obd = find(obd_name)) join_obd(*obd);
        for (const auto& [name, file] : files_) {
            if (done_.contains(name)) continue;
            if (record_ && (name == "TestLog" || name == "VehicleInfo"))
                use(name);
            else
                leave(name, {file.ini.sections.empty() ? &unreadable : &not_a_test});
        }
        if (record_) std::ranges::move(judge_names(*record_, file_of("TestLog")), std::back_inserter(out_.left));
        if (record_) out_.taken.push_back(taken_of(*record_, std::move(trace_csv_), std::move(used_)));
        std::ranges::stable_sort(out_.left, {}, &Left::file);
        return std::move(out_);
    }

private:
    struct File {
        std::string name;
        Ini ini;
    };

    void open(const fs::path& path) {
        const auto file = path.filename().string();
        auto bytes = bytes_of(path);
        if (auto* left = std::get_if<Left>(&bytes)) {
            out_.left.push_back(std::move(*left));
            return;
        }
        const auto& raw = std::get<std::string>(bytes);
        const auto part = part_of(path);
        const auto leave_file = [&](const Reason& reason, std::size_t line) {
            out_.left.push_back({file, reason.code, reason.zh, reason.en, line});
        };
        const auto text = text_of(raw);
        if (!text) return leave_file(unreadable, unreadable_line(raw));
        auto ini = parse_ini(*text);
        if (part.empty()) return leave_file(ini.sections.empty() ? unreadable : not_a_test, 0);
        if (files_.contains(part)) return leave_file(repeated, 0);
        files_[part] = {file, std::move(ini)};
    }

    const Ini* find(const std::string& name) const {
        const auto it = files_.find(name);
        return it == files_.end() ? nullptr : &it->second.ini;
    }
    std::string log(const char* key) const {
        const auto* ini = find("TestLog");
        return ini ? ini->value("TestLog", key) : std::string();
    }
    std::string file_of(const std::string& name) const {
        const auto it = files_.find(name);
        return it == files_.end() ? name + ".ini" : it->second.name;
    }
    void leave(const std::string& name, const Fault& fault) {
        if (!done_.insert(name).second) return;
        Left left{file_of(name), fault.reason->code, fault.reason->zh, fault.reason->en, 0, fault.at.key};
        if (same_but_case(fault.at.section, "TestLog")) {
            const auto* log = find("TestLog");
            const auto at = log ? log->line(fault.at) : 0;
            left.place.clear();
            left.zh += fmt::format("（TestLog.ini 第 {} 行 {}）", at, fault.at.key);
            left.en += fmt::format(" (TestLog.ini line {} {})", at, fault.at.key);
        } else if (const auto* own = find(name)) {
            left.line = own->line(fault.at);
        }
        out_.left.push_back(std::move(left));
    }
    /// The file is of the test; what in it does not count is named.
    void use(const std::string& name) {
        const auto& [file, ini] = files_.at(name);
        used_.push_back(file);
        done_.insert(name);
        const auto place = [](const IniMember& at) { return at.key.empty() ? "[" + at.section + "]" : at.key; };
        for (const auto& twice : ini.repeated)
            out_.left.push_back(repeated_member(file, twice.line, place(twice.at), ini.line(twice.at)));
        for (const auto& at : ini.damaged) out_.left.push_back(damaged(file, ini.line(at), place(at)));
    }
    void note(const std::string& name, const std::vector<NoValue>& none) {
        const auto& [file, ini] = files_.at(name);
        for (const auto& one : none) out_.left.push_back(no_value(file, ini.line(one.at), one.at.key, one.written));
    }

    void read(NhaMethod method) {
        const std::string result_name = "ResultOf" + nha_name(method), trace_name = "RealTimeDataOf" + nha_name(method);
        const Ini* result = find(result_name);
        const Ini* real_time = find(trace_name);
        if (result == nullptr) {
            if (real_time != nullptr)
                leave(trace_name, is_blank(*real_time)               ? Fault{&blank_run}
                                  : is_stale(first_time(*real_time)) ? Fault{&stale, first_place}
                                                                     : Fault{&no_result});
            return;
        }
        if (const auto why = unfit(result_name, *result)) {
            leave(result_name, *why);
            if (real_time != nullptr) leave(trace_name, of_real_time(*real_time));
            return;
        }
        take(method, *result, real_time);
    }

    /// Why a result is not of the test in the log; nothing where it is.
    std::optional<Fault> unfit(const std::string& name, const Ini& result) const {
        const auto text = [&](const char* key) { return result.value(name, key); };
        const auto at = [&](const Reason& reason, const char* key) { return Fault{&reason, {name, key}}; };
        if (const auto own = result.sections.find(name); own == result.sections.end() || own->second.empty())
            return Fault{&unreadable};
        if (!text("IsTestFinished").empty() && text("IsTestFinished") != "1") return at(not_finished, "IsTestFinished");
        const std::string start = text("TestStartTime");
        const bool is_named = !text("PlateNumber").empty() && !start.empty();
        // Without vehicle and times only a number can say whose it is.
        if (log("ReportNumber").empty()) return Fault{&no_report_number, {"TestLog", "ReportNumber"}};
        if (!is_named && text("ReportNumber").empty()) return at(no_report_number, "ReportNumber");
        if (is_named && is_stale(start)) return at(stale, "TestStartTime");
        constexpr const char* of_named[] = {"PlateNumber", "PlateType", "TestStartTime", "TestEndTime"};
        constexpr const char* of_numbered[] = {"ReportNumber"};
        for (const auto* key : is_named ? std::span<const char* const>(of_named) : of_numbered)
            if (text(key) != log(key)) return at(another_test, key);
        if (record_) return Fault{&another_test};
        if (!is_named && !log("IsTestFinished").empty() && log("IsTestFinished") != "1")
            return Fault{&not_finished, {"TestLog", "IsTestFinished"}};
        // TestLog carries the vehicle as it was tested; VehicleInfo must not name another one.
        const auto* vehicle = find("VehicleInfo");
        if (vehicle && vehicle->value("VehicleInfo", "PlateNumber") != log("PlateNumber"))
            return at(another_test, "PlateNumber");
        return std::nullopt;
    }

    void take(NhaMethod method, const Ini& result, const Ini* real_time) {
        const std::string result_name = "ResultOf" + nha_name(method), trace_name = "RealTimeDataOf" + nha_name(method);
        IniMember bad;
        std::vector<NoValue> none;
        record_ = nha_record(*find("TestLog"), result, method, settings_, bad, none);
        if (!record_) {
            leave(result_name, {&bad_value, bad});
            if (real_time != nullptr) leave(trace_name, {&no_result});
            return;
        }
        use(result_name);
        note(result_name, none);
        if (real_time != nullptr) take_trace(trace_name, *real_time, method);
    }

    void take_trace(const std::string& name, const Ini& real_time, NhaMethod method) {
        if (!is_within(real_time, log("TestStartTime"), log("TestEndTime")))
            return leave(name, of_real_time(real_time));
        if (const auto gap = nha_trace_gap(real_time, method, settings_)) {
            const Reason why{"bad_trace", gap->gap.zh.c_str(), gap->gap.en.c_str()};
            put_quality(*record_, "trace", gap->gap);
            return leave(name, {&why, gap->at});
        }
        IniMember bad;
        std::vector<NoValue> none;
        auto csv = nha_trace(real_time, method, settings_, bad, none);
        if (!csv) return leave(name, {&bad_value, bad});
        note(name, none);
        trace_csv_ = std::move(*csv);
        put_trace(*record_, trace_csv_);
        if (auto window = window_of(real_time); !window.empty()) (*record_)["trace"]["window"] = std::move(window);
        use(name);
    }

    void join_obd(const Ini& obd) {
        if (const auto why = unfit_obd(obd)) return leave(obd_name, *why);
        IniMember bad;
        std::vector<NoValue> none;
        const auto member = nha_obd(*find("TestLog"), obd, bad, none);
        if (!member) return leave(obd_name, {&bad_value, bad});
        (*record_)["obd"] = *member;
        if (nha_obd_failed(obd)) {
            (*record_)["verdict"] = "fail";
            (*record_)["failed_items"].push_back("obd");
        }
        use(obd_name);
        note(obd_name, none);
    }

    /// Why an OBD check is not of this vehicle and visit. Numbers and plate must not contradict, and one of them (or,
    /// where it has none of them, the VIN) must agree.
    std::optional<Fault> unfit_obd(const Ini& obd) const {
        const auto text = [&](const char* key) { return obd.value(obd_name, key); };
        const auto at = [&](const Reason& reason, const char* key) { return Fault{&reason, {obd_name, key}}; };
        if (const auto own = obd.sections.find(obd_name); own == obd.sections.end() || own->second.empty())
            return Fault{&unreadable};
        bool agrees = false;
        const char* contradicts = nullptr;
        for (const auto* key : {"PlateNumber", "ReportNumber", "RunningNumber"}) {
            if (text(key).empty() || log(key).empty()) continue;
            if (text(key) == log(key))
                agrees = true;
            else if (!contradicts)
                contradicts = key;
        }
        const auto vin = loop::normal_vin(text("VIN"));
        if (!agrees && !contradicts) agrees = !vin.empty() && vin == loop::normal_vin(log("VIN"));
        if (!agrees && text("PlateNumber").empty() && text("ReportNumber").empty())
            return at(no_report_number, "ReportNumber");
        if (!agrees || contradicts) return at(another_test, contradicts ? contradicts : "VIN");
        const auto begin = text("DetBegTime");
        const auto checked = loop::parse_moment(nha_time(begin, settings_)),
                   tested = loop::parse_moment(nha_time(log("TestStartTime"), settings_));
        if (!checked) return at(bad_value, "DetBegTime");
        if (!tested) return Fault{&bad_value, {"TestLog", "TestStartTime"}};
        if (is_stale(begin)) return at(stale, "DetBegTime");
        if (loop::day_of(*checked) != loop::day_of(*tested) || std::abs(*checked - *tested) > visit_ms)
            return at(another_test, "DetBegTime");
        return record_ ? std::nullopt : std::optional(Fault{&no_test});
    }

    /// The rows whose mean is the result, as the equipment marked them; rows count from 1.
    static Json window_of(const Ini& real_time) {
        auto out = Json::array();
        for (const auto* phase : {"5025", "2540"}) {
            const auto first = real_time.value("StateOrder", std::string("StartCalculate") + phase),
                       last = real_time.value("StateOrder", std::string("EndCalculate") + phase);
            if (!first.empty() && !last.empty() && std::atoi(first.c_str()) > 0)
                out.push_back(
                    {{"phase", phase}, {"first_row", std::atoi(first.c_str())}, {"last_row", std::atoi(last.c_str())}});
        }
        return out;
    }

    Fault of_real_time(const Ini& real_time) const {
        if (is_blank(real_time)) return {&blank_run};
        const auto first = first_time(real_time);
        return {first.empty() ? &bad_value : is_stale(first) ? &stale : &another_test, first_place};
    }
    static std::string first_time(const Ini& real_time) {
        return real_time.value(first_place.section, first_place.key);
    }
    /// Of a day before the test in the log; times are compared as text of one form.
    bool is_stale(const std::string& time) const {
        const auto today = log("TestStartTime");
        return !today.empty() && time.substr(0, 10) < today.substr(0, 10);
    }
    static bool is_within(const Ini& real_time, const std::string& start, const std::string& end) {
        bool any = false;
        for (const auto& [name, section] : real_time.sections) {
            const auto at = section.find("SamplingTime");
            if (at == section.end()) continue;
            any = true;
            if (at->second < start || at->second > end) return false;
        }
        return any;
    }
    static bool is_blank(const Ini& real_time) {
        constexpr std::string_view measured[] = {"HC", "CO", "NO", "NOx", "CO2", "K", "Velocity", "Power", "EngineRev"};
        bool any = false;
        for (const auto& [name, section] : real_time.sections)
            for (const auto key : measured)
                if (const auto value = section.find(key); value != section.end()) {
                    any = true;
                    if (value->second.find_first_not_of("0.") != std::string::npos) return false;
                }
        return any;
    }

    const Settings& settings_;
    std::map<std::string, File> files_;  ///< by part
    std::set<std::string> done_;
    std::optional<Json> record_;  ///< of the test in work
    std::string trace_csv_;
    std::vector<std::string> used_;  ///< files of the test in work
    Intake out_;
};

}  // namespace

bool is_ini(const fs::path& file) { return same_but_case(file.extension().string(), ".ini"); }

std::string nha_part(const fs::path& file) { return is_ini(file) ? part_of(file) : std::string(); }

Intake read_nha(const std::vector<fs::path>& files, const Settings& settings) {
    return FolderReader(files, settings).run();
}

journal::Result<Intake> read_nha(const fs::path& folder, const Settings& settings) {
    if (!fs::is_directory(folder))
        return journal::Error("no_folder", "没有这个目录", "no such folder: " + folder.string());
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (is_ini(entry.path())) files.push_back(entry.path());
    std::ranges::sort(files);
    return read_nha(files, settings);
}

}  // namespace imloop::station::intake
