#include "loop/fact_pack.hpp"

#include <cstring>
#include <type_traits>

namespace imloop::loop {
namespace {

class Writer {
public:
    std::string bytes;

    void operator()(const std::string& text) {
        number(static_cast<std::uint32_t>(text.size()));
        bytes += text;
    }
    void operator()(const std::vector<std::string>& list) {
        number(static_cast<std::uint32_t>(list.size()));
        for (const auto& text : list) (*this)(text);
    }
    template <typename T>
    void operator()(const std::optional<T>& value) {
        bytes += value ? '\1' : '\0';
        if (value) visit(*this, *value);
    }
    template <typename T>
    void number(T value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    void operator()(std::string& text) {
        std::uint32_t size = 0;
        number(size);
        text = rest_.substr(0, size);
        rest_.remove_prefix(size);
    }
    void operator()(std::vector<std::string>& list) {
        std::uint32_t size = 0;
        number(size);
        list.resize(size);
        for (auto& text : list) (*this)(text);
    }
    template <typename T>
    void operator()(std::optional<T>& value) {
        const bool is_there = rest_.front() != '\0';
        rest_.remove_prefix(1);
        if (is_there) visit(*this, value.emplace());
    }
    template <typename T>
    void number(T& value) {
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
    }

private:
    std::string_view rest_;
};

/// `Of` is const where a fact is written, so each shape stands here once for both ways.
template <typename Visitor, typename Of>
void visit(Visitor& v, Of& of) {
    using T = std::remove_const_t<Of>;
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
        v.number(of);
    } else if constexpr (std::is_same_v<T, VehicleWords>) {
        for (auto* text : {&of.vin, &of.plate, &of.plate_kind, &of.engine_no, &of.model, &of.registered_county})
            v(*text);
    } else if constexpr (std::is_same_v<T, InspectionFact>) {
        for (auto* text : {&of.report_no, &of.acceptance_no, &of.method}) v(*text);
        v.number(of.reason);
        v.number(of.verdict);
        v.number(of.started_at);
        v(of.failed_items);
    } else if constexpr (std::is_same_v<T, RepairFact>) {
        for (auto* text : {&of.work_order_no, &of.fail_report_no}) v(*text);
        v.number(of.outcome);
        v.number(of.settled_at);
    } else if constexpr (std::is_same_v<T, EventFact>) {
        v.number(of.event);
        v(of.new_plate);
    } else if constexpr (std::is_same_v<T, DecisionFact>) {
        for (auto* text : {&of.about_kind, &of.about, &of.action, &of.other_record_id}) v(*text);
        v(of.until);
    } else {
        static_assert(std::is_same_v<T, Fact>);
        for (auto* text : {&of.record_id, &of.station_id}) v(*text);
        v.number(of.kind);
        v.number(of.occurred_at);
        v.number(of.day_only);
        v(of.vehicle);
        v(of.inspection);
        v(of.repair);
        v(of.event);
        v(of.decision);
    }
}

}  // namespace

std::string pack(const Fact& fact) {
    Writer writer;
    visit(writer, fact);
    writer.bytes.shrink_to_fit();
    return std::move(writer.bytes);
}

Fact unpack(std::string_view bytes) {
    Reader reader(bytes);
    Fact fact;
    visit(reader, fact);
    return fact;
}

}  // namespace imloop::loop
