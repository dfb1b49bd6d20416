// A test as equipment measured it: its record and its trace, to be altered in one respect and asked what the rules say.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <sstream>

#include "loop/suspects/observed/trace_facts.hpp"
#include "tests/support/suspects.hpp"

namespace imloop::test {

struct Measured {
    json record;
    std::string csv;

    json& reading(const std::string& item, const std::string& phase) {
        for (auto& r : record["readings"])
            if (r["item"] == item && r["phase"] == phase) return r;
        throw std::logic_error("no reading " + item + "/" + phase);
    }
    /// All readings of the item, as far as the test has it.
    Measured& scale_readings(const std::string& item, double factor) {
        for (auto& r : record["readings"])
            if (r["item"] == item) r["value"] = r["value"].get<double>() * factor;
        return *this;
    }
    /// Of one column of the trace, by row; missing values stay missing.
    Measured& change_column(const std::string& name, const std::function<double(double, std::size_t)>& change) {
        std::istringstream in(csv);
        std::string line, out;
        std::getline(in, line);
        out = line + "\n";
        const auto header = cells(line);
        const auto at = static_cast<std::size_t>(std::ranges::find(header, name) - header.begin());
        if (at == header.size()) throw std::logic_error("no column " + name);
        for (std::size_t row = 0; std::getline(in, line); ++row) {
            auto values = cells(line);
            if (!values[at].empty()) values[at] = fmt::format("{:.3f}", change(std::stod(values[at]), row));
            out += fmt::format("{}\n", fmt::join(values, ","));
        }
        csv = out;
        return *this;
    }
    Measured& scale_column(const std::string& name, double factor) {
        return change_column(name, [=](double v, std::size_t) { return v * factor; });
    }
    Measured& cut(std::size_t rows) {
        std::size_t end = 0;
        for (std::size_t i = 0; i <= rows; ++i) end = csv.find('\n', end) + 1;
        csv.resize(end);
        return *this;
    }

private:
    static std::vector<std::string> cells(const std::string& line) {
        std::vector<std::string> out;
        std::istringstream in(line + ",");
        for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
        return out;
    }
};

/// What any rule flags, as `R10 no_such_window`.
inline std::set<std::string> flagged(const Measured& m) {
    SuspectWorld world;
    world.put(m.record);
    if (!m.csv.empty()) {
        const auto parsed = loop::traces::parse_trace(m.csv);
        if (!parsed.trace) throw std::logic_error(parsed.error.en);
        world.suspects.traces().put_facts(m.record.at("trace").at("sha256"), loop::rules::facts_of(*parsed.trace));
    }
    world.sweep();
    std::set<std::string> out;
    world.suspects.each_flag([&](const loop::rules::Flag& flag) { out.insert(flag.rule + " " + flag.claim); });
    return out;
}

}  // namespace imloop::test
