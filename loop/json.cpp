#include "loop/json.hpp"

#include <utility>
#include <vector>

#include "loop/record/text.hpp"

namespace imloop::loop {
namespace {

/// Builds the document and stops at the first member that stands twice, level that is too deep or value too many.
template <typename Json>
class Builder final : public nlohmann::json_sax<Json> {
    using Base = nlohmann::json_sax<Json>;

public:
    Builder(BoundedJson<Json>& out, const JsonLimits& limits) : out_(out), limits_(limits) {}

    bool null() override { return value(nullptr); }
    bool boolean(bool v) override { return value(v); }
    bool number_integer(typename Base::number_integer_t v) override { return value(v); }
    bool number_unsigned(typename Base::number_unsigned_t v) override { return value(v); }
    bool number_float(typename Base::number_float_t v, const typename Base::string_t&) override { return value(v); }
    bool string(typename Base::string_t& v) override { return value(std::move(v)); }
    bool binary(typename Base::binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(typename Base::string_t& name) override {
        auto& object = open_.back()->template get_ref<typename Json::object_t&>();
        if (object.size() == limits_.members) return fail("too_many_values");
        const auto [at, is_new] = object.emplace(name, Json(nullptr));
        if (!is_new) return fail("duplicate_member", pointer(&at->first));
        member_ = &at->second;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return fail("not_json");
    }

private:
    bool fail(std::string code, std::string where = {}) {
        out_.code = std::move(code);
        out_.pointer = std::move(where);
        return false;
    }
    Json* place(Json&& v) {
        if (open_.empty()) return &(out_.json = std::move(v));
        if (open_.back()->is_array())
            return &open_.back()->template get_ref<typename Json::array_t&>().emplace_back(std::move(v));
        return &(*member_ = std::move(v));
    }
    template <typename V>
    bool value(V&& v) {
        if (++values_ > limits_.values) return fail("too_many_values");
        place(Json(std::forward<V>(v)));
        return true;
    }
    bool open(Json&& v) {
        if (open_.size() == limits_.depth) return fail("too_deep");
        if (++values_ > limits_.values) return fail("too_many_values");
        open_.push_back(place(std::move(v)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    /// Of a member of the innermost open object: each level is found in the one around it. Ends before a name that is
    /// not of a member's form: it may be anything, and long.
    std::string pointer(const std::string* member) const {
        std::string out;
        for (std::size_t i = 1; i <= open_.size(); ++i) {
            const Json& outer = *open_[i - 1];
            if (outer.is_array()) {
                out += "/" + std::to_string(outer.size() - 1);
                continue;
            }
            const std::string* name = member;
            if (i < open_.size())
                for (const auto& [known, inner] : outer.template get_ref<const typename Json::object_t&>())
                    if (&inner == open_[i]) name = &known;
            if (!record::is_member_name(*name)) break;
            out += "/" + *name;
        }
        return out;
    }

    BoundedJson<Json>& out_;
    const JsonLimits& limits_;
    std::vector<Json*> open_;  // stays valid: a level is only grown while it is the innermost
    Json* member_ = nullptr;
    std::size_t values_ = 0;
};

}  // namespace

template <typename Json>
BoundedJson<Json> parse_bounded(std::string_view text, const JsonLimits& limits) {
    BoundedJson<Json> out;
    const auto refuse = [&](std::string code) {
        out.code = std::move(code);
        out.json = Json(Json::value_t::discarded);
        return std::move(out);
    };
    if (text.size() > limits.bytes) return refuse("too_large");
    if (!is_utf8(text)) return refuse("not_utf8");
    if (text.find('\0') != std::string_view::npos) return refuse("not_json");  // the parser would stop there
    Builder<Json> builder(out, limits);
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) return refuse(std::move(out.code));
    return out;
}

template BoundedJson<nlohmann::json> parse_bounded(std::string_view, const JsonLimits&);
template BoundedJson<nlohmann::ordered_json> parse_bounded(std::string_view, const JsonLimits&);

Words json_problem(std::string_view code, std::string_view pointer) {
    const std::string at(pointer);
    if (code == "too_large") return {"内容太大", "too large"};
    if (code == "not_utf8") return {"不是 UTF-8 编码", "no UTF-8"};
    if (code == "duplicate_member") return {"成员 " + at + " 出现了两次，请只保留一个", at + " stands twice, keep one"};
    if (code == "too_deep") return {"嵌套太深，请减少层数", "nested too deep, flatten it"};
    if (code == "too_many_values") return {"成员太多，请分开", "too many members, split it"};
    return {"不是完整的 JSON，请检查括号、引号和逗号", "no complete JSON, check brackets, quotes and commas"};
}

bool is_utf8(std::string_view text) {
    const auto tail = [&](std::size_t at) {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = c >= 0xC2 && c <= 0xDF   ? 1
                                 : c >= 0xE0 && c <= 0xEF ? 2
                                 : c >= 0xF0 && c <= 0xF4 ? 3
                                                          : 0;
        if (more == 0) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if (!tail(i + k)) return false;
        const auto second = static_cast<unsigned char>(text[i + 1]);
        if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) || (c == 0xF0 && second < 0x90) ||
            (c == 0xF4 && second > 0x8F))
            return false;
        i += more + 1;
    }
    return true;
}

}  // namespace imloop::loop
