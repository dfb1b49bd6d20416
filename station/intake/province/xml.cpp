#include "station/intake/province/xml.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/formats/ini.hpp"
#include "station/intake/province/obd.hpp"
#include "station/intake/province/records.hpp"
#include "station/intake/province/trace.hpp"

namespace imloop::station::intake {
namespace {

Left left_of(const std::string& file, const Refusal& why) { return {file, why.code, why.zh, why.en, why.line}; }

void results_in(const XmlNode& node, std::vector<const XmlNode*>& out) {
    if (same_but_case(node.name, "result") && node.child("result_data") != nullptr) return out.push_back(&node);
    for (const auto& child : node.children) results_in(child, out);
}

/// Whose a part is.
struct Owner {
    std::string report_no, plate, vin;

    static Owner of(const XmlNode& data) {
        return {data.value("check_id"), loop::normal_plate(data.value("plate")), loop::normal_vin(data.value("vin"))};
    }
    /// The same number, and neither plate nor VIN is another's.
    bool is_of(const Json& record) const {
        const auto& vehicle = record["vehicle"];
        const auto agrees = [](const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; };
        return report_no == record["report_no"] && agrees(plate, loop::normal_plate(vehicle.value("plate", ""))) &&
               agrees(vin, loop::normal_vin(vehicle.value("vin", "")));
    }
};

struct Rows {
    std::string file;
    std::vector<XmlNode> rows;
};

std::vector<XmlNode> rows_of(const XmlNode& result) {
    std::vector<XmlNode> out;
    for (const auto* row : result.all("process_data")) out.push_back(*row);
    return out;
}

}  // namespace

struct ProvinceReading::Impl {
    struct Test {
        std::vector<std::string> files;
        ProvinceTest read;
        std::vector<Rows> rows;
        bool is_joined = false;
    };
    struct Check {
        std::string file;
        Owner owner;
        ProvinceObd read;
    };
    struct ProcessData {
        Owner owner;
        Rows rows;
    };

    /// What is left of a result that is of another form.
    std::optional<Left> read(const std::string& file, const XmlNode& result) {
        const auto& data = *result.child("result_data");
        if (is_process_data_alone(result)) {
            if (data.value("check_id").empty())
                out.left.push_back(left_of(file, no_report_number(data)));
            else
                process_data.push_back({Owner::of(data), {file, rows_of(result)}});
            return std::nullopt;
        }
        if (is_obd_alone(result)) {
            auto obd = province_obd(result);
            if (obd)
                checks.push_back({file, Owner::of(data), std::move(*obd)});
            else
                out.left.push_back(left_of(file, obd.error()));
            return std::nullopt;
        }
        auto test = province_test(result, settings);
        if (!test && test.error().code == "not_a_test") return left_of(file, test.error());
        if (!test) {
            out.left.push_back(left_of(file, test.error()));
            return std::nullopt;
        }
        tests.push_back({{file}, std::move(*test), {}});
        if (auto rows = rows_of(result); !rows.empty()) tests.back().rows.push_back({file, std::move(rows)});
        return std::nullopt;
    }

    Test* test_of(const Owner& owner) {
        const auto found = std::ranges::find_if(tests, [&](const Test& t) { return owner.is_of(t.read.record); });
        return found == tests.end() ? nullptr : &*found;
    }

    static void use_file(Test& test, const std::string& file) {
        if (std::ranges::find(test.files, file) == test.files.end()) test.files.push_back(file);
    }

    void join(const Check& check) {
        auto* test = test_of(check.owner);
        if (test == nullptr) {
            out.left.push_back({check.file, "no_test", "没有同一编号、同一车辆的检验可归入",
                                "there is no test of the same number and vehicle that it could belong to"});
        } else if (test->is_joined || test->read.record.contains("obd")) {
            out.left.push_back({check.file, "repeated", "该检验已有 OBD 检查", "the test has an OBD check already"});
        } else {
            join_obd(test->read.record, check.read);
            add_notes(check.file, check.read.notes);
            test->is_joined = true;
            use_file(*test, check.file);
        }
    }

    void join(ProcessData& part) {
        if (auto* test = test_of(part.owner)) {
            use_file(*test, part.rows.file);
            test->rows.push_back(std::move(part.rows));
        } else {
            out.left.push_back({part.rows.file, "no_result", "只有过程数据，没有同一编号、同一车辆的检验可归入",
                                "process data alone: there is no test of the same number and vehicle",
                                part.rows.rows.front().line});
        }
    }

    void add_notes(const std::string& file, const Notes& notes) {
        for (auto note : notes) {
            note.file = file;
            out.left.push_back(std::move(note));
        }
    }

    void take(Test& test) {
        add_notes(test.files.front(), test.read.notes);
        std::ranges::move(judge_names(test.read.record, test.files.front()), std::back_inserter(out.left));
        // Files come by their names, rows by their times.
        std::ranges::stable_sort(test.rows, {},
                                 [&](const Rows& part) { return second_of(part.rows.front(), settings); });
        std::vector<const XmlNode*> rows;
        for (const auto& part : test.rows)
            for (const auto& row : part.rows) rows.push_back(&row);
        auto trace = province_trace(rows, settings);
        if (trace.left) out.left.push_back(left_of(test.rows.front().file, *trace.left));
        if (trace.gap) put_quality(test.read.record, "trace", *trace.gap);
        if (!test.rows.empty()) add_notes(test.rows.front().file, trace.notes);
        put_trace(test.read.record, trace.csv);
        out.taken.push_back(taken_of(test.read.record, std::move(trace.csv), test.files));
    }

    const Settings& settings;
    std::vector<Test> tests;
    std::vector<Check> checks;
    std::vector<ProcessData> process_data;
    Intake out;
};

ProvinceReading::ProvinceReading(const Settings& settings) : impl_(new Impl{settings, {}, {}, {}, {}}) {}
ProvinceReading::~ProvinceReading() = default;

std::optional<Left> ProvinceReading::read(const std::string& file, const XmlNode& root) {
    std::vector<const XmlNode*> results;
    results_in(root, results);
    if (results.empty())
        return Left{file, "not_a_test", "不是检验结果 (result/result_data)",
                    "is no result of a test (result/result_data)", root.line};
    std::optional<Left> other;
    for (const auto* result : results) {
        auto left = impl_->read(file, *result);
        if (left && results.size() > 1)
            impl_->out.left.push_back(std::move(*left));
        else
            other = std::move(left);
    }
    return other;
}

Intake ProvinceReading::finish() && {
    for (const auto& check : impl_->checks) impl_->join(check);
    for (auto& part : impl_->process_data) impl_->join(part);
    for (auto& test : impl_->tests) impl_->take(test);
    std::ranges::stable_sort(impl_->out.left, {}, &Left::file);
    return std::move(impl_->out);
}

}  // namespace imloop::station::intake
