#include "station/intake/nha.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "journal/digest.hpp"
#include "loop/time.hpp"
#include "station/intake/nha_records.hpp"

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
constexpr Reason bad_value{"bad_value", "有缺少或不是数字的值", "a value is missing or no number"};

/// The files of one method.
struct Kind {
    const char* result;     ///< file and section name
    const char* real_time;  ///< file name
    std::optional<NhaMethod> method;
};
const Kind kinds[] = {{"ResultOfDIS", "RealTimeDataOfDIS", NhaMethod::two_speed_idle},
                      {"ResultOfASM", "RealTimeDataOfASM", NhaMethod::asm_},
                      {"ResultOfLUGDOWN", "RealTimeDataOfLUGDOWN", std::nullopt},
                      {"ResultOfFSUNHT", "RealTimeDataOfFSUNHT", std::nullopt},
                      {"ResultOfVMAS", "RealTimeDataOfVMAS", std::nullopt},
                      {"ResultOfOBD", "", std::nullopt}};

class Reading {
public:
    Reading(const fs::path& folder, const Settings& settings) : settings_(settings) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().extension() != ".ini") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            std::ostringstream bytes;
            bytes << in.rdbuf();
            const std::string name = entry.path().stem().string();
            const auto text = text_of(bytes.str());
            if (text)
                files_[name] = parse_ini(*text);
            else
                leave(name, unreadable);
        }
    }

    Intake run() && {
        for (const auto& kind : kinds) read(kind);
        const bool is_used = !out_.taken.empty();
        for (const auto& [name, ini] : files_) {
            if (done_.contains(name)) continue;
            if (is_used && (name == "TestLog" || name == "VehicleInfo")) {
                out_.taken.front().files.push_back(name + ".ini");
            } else {
                leave(name, ini.sections.empty() ? unreadable : not_a_test);
            }
        }
        std::ranges::sort(out_.left, {}, &Left::file);
        return std::move(out_);
    }

private:
    const Ini* find(const std::string& name) const {
        const auto it = files_.find(name);
        return it == files_.end() ? nullptr : &it->second;
    }
    std::string log(const char* key) const {
        const auto* ini = find("TestLog");
        return ini ? ini->value("TestLog", key) : std::string();
    }
    void leave(const std::string& name, const Reason& reason, const std::string& detail = {}) {
        if (!done_.emplace(name, true).second) return;
        const std::string more = detail.empty() ? "" : " (" + detail + ")";
        out_.left.push_back({name + ".ini", reason.code, reason.zh + more, reason.en + more});
    }

    void read(const Kind& kind) {
        const Ini* result = find(kind.result);
        const Ini* real_time = find(kind.real_time);
        if (result == nullptr) {
            if (real_time != nullptr)
                leave(kind.real_time, is_blank(*real_time)               ? blank_run
                                      : is_stale(first_time(*real_time)) ? stale
                                                                         : no_result);
            return;
        }
        if (const auto* why = unfit(kind, *result)) {
            leave(kind.result, *why);
            if (real_time != nullptr) leave(kind.real_time, of_real_time(*real_time));
            return;
        }
        take(kind, *result, real_time);
    }

    /// Why a result is not of the test in the log; nothing where it is.
    const Reason* unfit(const Kind& kind, const Ini& result) const {
        const auto text = [&](const char* key) { return result.value(kind.result, key); };
        if (const auto own = result.sections.find(kind.result); own == result.sections.end() || own->second.empty())
            return &unreadable;
        if (!text("IsTestFinished").empty() && text("IsTestFinished") != "1") return &not_finished;
        const std::string plate = text("PlateNumber"), start = text("TestStartTime"), own_report = text("ReportNumber");
        if (plate.empty() || start.empty()) {
            // Without vehicle and times only a number can say whose it is.
            if (own_report.empty() || log("ReportNumber").empty()) return &no_report_number;
            return &another_test;
        }
        if (log("ReportNumber").empty()) return &no_report_number;
        if (is_stale(start)) return &stale;
        const bool same = plate == log("PlateNumber") && text("PlateType") == log("PlateType") &&
                          start == log("TestStartTime") && text("TestEndTime") == log("TestEndTime");
        if (!same || !kind.method) return &another_test;
        // TestLog carries the vehicle as it was tested; VehicleInfo must not name another one.
        const auto* vehicle = find("VehicleInfo");
        if (vehicle && vehicle->value("VehicleInfo", "PlateNumber") != plate) return &another_test;
        return nullptr;
    }

    void take(const Kind& kind, const Ini& result, const Ini* real_time) {
        std::string bad;
        auto record = nha_record(*find("TestLog"), result, *kind.method, settings_, bad);
        if (!record) {
            leave(kind.result, bad_value, bad);
            if (real_time != nullptr) leave(kind.real_time, no_result);
            return;
        }
        Taken taken{(*record)["record_id"], "", "", "", {std::string(kind.result) + ".ini"}};
        if (real_time != nullptr) {
            const auto csv = is_within(*real_time, result.value(kind.result, "TestStartTime"),
                                       result.value(kind.result, "TestEndTime"))
                                 ? nha_trace(*real_time, *kind.method, settings_)
                                 : std::nullopt;
            if (csv) {
                taken.trace_csv = *csv;
                taken.trace_sha256 = journal::to_hex(journal::sha256(*csv));
                nlohmann::ordered_json trace = {{"sha256", taken.trace_sha256},
                                                {"rows", std::ranges::count(*csv, '\n') - 1}};
                if (const auto window = window_of(*real_time); !window.empty()) trace["window"] = window;
                (*record)["trace"] = trace;
                taken.files.push_back(std::string(kind.real_time) + ".ini");
                done_.emplace(kind.real_time, true);
            } else {
                leave(kind.real_time, of_real_time(*real_time));
            }
        }
        done_.emplace(kind.result, true);
        taken.line = record->dump();
        out_.taken.push_back(std::move(taken));
    }

    /// The rows whose mean is the result, as the equipment marked them; rows count from 1.
    static nlohmann::ordered_json window_of(const Ini& real_time) {
        auto out = nlohmann::ordered_json::array();
        for (const auto* phase : {"5025", "2540"}) {
            const auto first = real_time.value("StateOrder", std::string("StartCalculate") + phase),
                       last = real_time.value("StateOrder", std::string("EndCalculate") + phase);
            if (!first.empty() && !last.empty() && std::atoi(first.c_str()) > 0)
                out.push_back(
                    {{"phase", phase}, {"first_row", std::atoi(first.c_str())}, {"last_row", std::atoi(last.c_str())}});
        }
        return out;
    }

    const Reason& of_real_time(const Ini& real_time) const {
        if (is_blank(real_time)) return blank_run;
        const auto first = first_time(real_time);
        if (first.empty()) return bad_value;
        return is_stale(first) ? stale : another_test;
    }
    static std::string first_time(const Ini& real_time) { return real_time.value("1", "SamplingTime"); }
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
    std::map<std::string, Ini> files_;
    std::map<std::string, bool> done_;
    Intake out_;
};

}  // namespace

journal::Result<Intake> read_nha(const fs::path& folder, const Settings& settings) {
    if (!fs::is_directory(folder))
        return journal::Error("no_folder", "没有这个目录 / no such folder: " + folder.string());
    return Reading(folder, settings).run();
}

}  // namespace imloop::station::intake
