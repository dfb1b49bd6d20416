#include "station/intake/province_xml.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "journal/digest.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/province_obd.hpp"
#include "station/intake/province_records.hpp"
#include "station/intake/xml.hpp"

namespace imloop::station::intake {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
}

class Reading {
public:
    explicit Reading(const Settings& settings) : settings_(settings) {}

    void read(const fs::path& path) {
        const std::string file = path.filename().string();
        auto root = parse_xml(bytes_of(path));
        if (!root) return leave(file, {root.error().code, root.error().zh, root.error().en, root.error().line});
        const XmlNode* result = root->descendant("result");
        if (result == nullptr || result->child("result_data") == nullptr)
            return leave(file, {"not_a_test", "不是检验结果 (result/result_data)",
                                "is no result of a test (result/result_data)", 0});
        if (is_obd_alone(*result)) {
            auto obd = province_obd(*result);
            if (!obd) return leave(file, obd.error());
            checks_.push_back({file, std::move(*obd)});
            return;
        }
        auto test = province_test(*result, settings_);
        if (!test) return leave(file, test.error());
        if (test->trace_left) leave(file, *test->trace_left);
        tests_.push_back({{file}, std::move(*test), false});
    }

    Intake run() && {
        for (const auto& check : checks_) join(check);
        for (auto& test : tests_) {
            Taken taken{test.read.record["record_id"], {}, std::move(test.read.trace_csv), {}, std::move(test.files)};
            if (!taken.trace_csv.empty()) {
                taken.trace_sha256 = journal::to_hex(journal::sha256(taken.trace_csv));
                test.read.record["trace"] = {{"sha256", taken.trace_sha256},
                                             {"rows", std::ranges::count(taken.trace_csv, '\n') - 1}};
            }
            taken.line = test.read.record.dump();
            out_.taken.push_back(std::move(taken));
        }
        std::ranges::stable_sort(out_.left, {}, &Left::file);
        return std::move(out_);
    }

private:
    struct Test {
        std::vector<std::string> files;
        ProvinceTest read;
        bool is_joined = false;
    };
    struct Check {
        std::string file;
        ProvinceObd read;
    };

    void leave(const std::string& file, const Refusal& why) {
        out_.left.push_back({file, why.code, why.zh, why.en, why.line});
    }

    /// The same number, and neither plate nor VIN is another's.
    static bool belongs(const ProvinceObd& obd, const Json& record) {
        const auto& vehicle = record["vehicle"];
        const auto agrees = [](const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; };
        return obd.report_no == record["report_no"] &&
               agrees(obd.plate, loop::normal_plate(vehicle.value("plate", ""))) &&
               agrees(obd.vin, loop::normal_vin(vehicle.value("vin", "")));
    }

    void join(const Check& check) {
        const auto test =
            std::ranges::find_if(tests_, [&](const Test& t) { return belongs(check.read, t.read.record); });
        if (test == tests_.end())
            return leave(check.file, {"no_test", "没有同一编号、同一车辆的检验可归入",
                                      "there is no test of the same number and vehicle that it could belong to", 0});
        if (test->is_joined || test->read.record.contains("obd"))
            return leave(check.file, {"repeated", "该检验已有 OBD 检查", "the test has an OBD check already", 0});
        join_obd(test->read.record, check.read);
        test->is_joined = true;
        test->files.push_back(check.file);
    }

    const Settings& settings_;
    std::vector<Test> tests_;
    std::vector<Check> checks_;
    Intake out_;
};

}  // namespace

bool is_xml(const fs::path& file) { return file.extension() == ".xml" || file.extension() == ".XML"; }

journal::Result<Intake> read_province_xml(const fs::path& path, const Settings& settings) {
    std::vector<fs::path> files;
    if (fs::is_directory(path)) {
        for (const auto& entry : fs::directory_iterator(path))
            if (is_xml(entry.path())) files.push_back(entry.path());
        std::ranges::sort(files);
    } else if (fs::is_regular_file(path)) {
        files.push_back(path);
    } else {
        return journal::Error("no_folder", "没有这个文件或目录 / no such file or folder: " + path.string());
    }
    return read_province_xml(files, settings);
}

Intake read_province_xml(const std::vector<fs::path>& files, const Settings& settings) {
    Reading reading(settings);
    for (const auto& file : files) reading.read(file);
    return std::move(reading).run();
}

}  // namespace imloop::station::intake
