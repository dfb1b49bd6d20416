// From documents to tests: which profile knows a document, which parts of which documents are one test, and one record
// of each.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/profiles/apply_rules.hpp"
#include "station/intake/profiles/profile.hpp"

namespace imloop::station::intake {
namespace {

using nlohmann::json;

constexpr int xml_levels_looked_at = 4;

bool holds(const std::vector<Condition>& conditions, const json& document) {
    return std::ranges::all_of(conditions, [&](const Condition& condition) {
        const auto found = find_all(document, {}, condition.at, false);
        if (condition.is.empty()) return !found.empty();
        const Members all(document, {}, document, false);
        return condition_holds(condition, all);
    });
}

/// What one message says of one test.
struct Part {
    std::string file, prefix;
    std::size_t line = 0;
    const Message* message;
    Members members;
    bool obd_alone = false;  ///< an OBD check that may belong to a test in another message
};

bool has_any(const std::vector<std::string>& names, const Members& members) {
    return std::ranges::any_of(names, [&](const std::string& name) { return !members.all(name).empty(); });
}

bool is_obd_alone(const Rules& rules, const Message& message, const Members& members) {
    if (!message.head || !message.obd || !message.method.empty()) return false;
    if (const auto method = code_of(rules, "method", members); !method.empty()) return method == "obd_only";
    if (std::ranges::any_of(rules.methods, [&](const MethodRule& m) { return has_any(m.signs, members); }))
        return false;
    return std::ranges::any_of(rules.obd->parts,
                               [&](const ObdRule::Part& part) { return has_any(part.value.at, members); });
}

class MessageReader {
public:
    MessageReader(const std::vector<Profile>& profiles, const Settings& settings)
        : profiles_(profiles), settings_(settings) {}

    void read(const Document& document) {
        line_ = document.is_xml ? 0 : document.line;
        if (look(document, document.json, {}, document.is_xml ? xml_levels_looked_at : 0)) {
            for (auto note : document.notes) {
                note.file = document.file;
                out_.left.push_back(std::move(note));
            }
            return;
        }
        if (document.other) return out_.left.push_back(*document.other);
        leave(document.file, line_, {}, "unknown_format", "没有哪个平台格式认得这个文件，可在 profiles 中加一个",
              "no profile of a platform knows this file, a further one can be added");
    }

    Intake run() && {
        for (const auto& [profile, number] : order_) make(*profile, groups_.at({profile, number}));
        std::ranges::stable_sort(out_.left, {}, &Left::file);
        return std::move(out_);
    }

private:
    using Group = std::vector<Part>;

    void leave(const std::string& file, std::size_t line, const std::string& place, const std::string& code,
               const std::string& zh, const std::string& en) {
        out_.left.push_back({file, code, zh, en, line, place});
    }

    /// Whether a profile knows the document, or one of the messages of a list, or an element inside.
    bool look(const Document& document, const json& value, const std::string& prefix, int levels) {
        for (const auto& profile : profiles_)
            if (value.is_object() && holds(profile.recognise, value)) {
                take(document.file, prefix, value, profile);
                return true;
            }
        bool known = false;
        if (value.is_array())
            for (std::size_t i = 0; i < value.size(); ++i)
                known |= look(document, value[i], fmt::format("{}/{}", prefix, i), levels);
        if (levels > 0 && value.is_object())
            for (const auto& [name, inner] : value.items()) {
                if (!inner.is_object()) continue;
                for (const auto& [inner_name, deeper] : inner.items()) {
                    if (known || !deeper.is_object()) continue;
                    kept_.push_back(json::object());
                    kept_.back()[inner_name] = deeper;
                    known |= look(document, kept_.back(), fmt::format("{}/{}", prefix, name), levels - 1);
                }
            }
        return known;
    }

    void take(const std::string& file, const std::string& prefix, const json& document, const Profile& profile) {
        bool is_known = false;
        for (const auto& message : profile.messages) {
            if (!holds(message.when, document)) continue;
            is_known = true;
            const auto records = find_all(document, {}, message.records, profile.rules.any_case);
            std::size_t tests = 0;
            for (const auto& [record, pointer] : records) {
                if (!record->is_object()) continue;
                ++tests;
                const Members members(*record, pointer, document, profile.rules.any_case);
                std::string number;
                for (const auto& name : message.join)
                    for (const auto& found : members.all(name))
                        if (number.empty()) number = found.text;
                if (number.empty()) {
                    leave(file, line_, prefix + pointer, "no_report_number", "没有检测编号，不知道属于哪次检验",
                          "has no number, so that it can't be told which test it is of");
                    continue;
                }
                Part part{file, prefix, line_, &message, members};
                part.obd_alone = is_obd_alone(profile.rules, message, members);
                auto& group = groups_[{&profile, number}];
                if (group.empty()) order_.emplace_back(&profile, number);
                group.push_back(std::move(part));
            }
            if (tests == 0)
                leave(file, line_, prefix + message.records, "not_a_test", "没有检验数据", "has no test in it");
            break;
        }
        if (!is_known)
            leave(file, line_, prefix, "not_a_test", profile.zh + "：不是检验结果",
                  profile.en + ": is no result of a test");
    }

    /// The same kind of message twice: the first one counts. Process data comes in as many as there are, and the OBD
    /// check may be of the same kind as its test.
    void leave_repeated(Group& group) {
        std::set<std::pair<const Message*, bool>> seen;
        Group kept;
        for (auto& part : group) {
            const bool is_rows = part.message->trace && !part.message->head;
            if (is_rows || seen.emplace(part.message, part.obd_alone).second)
                kept.push_back(std::move(part));
            else
                leave(part.file, part.line, part.prefix + part.members.base(), "repeated", "同一编号的报文已有一份",
                      "there is a message of this kind and number already");
        }
        group = std::move(kept);
    }

    static std::string vehicle_word(const Rules& rules, const Part& part, const char* name) {
        const auto text = code_of(rules, name, part.members);
        return std::string(name) == "vehicle.vin" ? loop::normal_vin(text) : loop::normal_plate(text);
    }

    /// Neither VIN nor plate is another's.
    void leave_of_others(const Rules& rules, const Part& main, Group& group) {
        std::erase_if(group, [&](const Part& part) {
            if (&part.members.record() == &main.members.record()) return false;
            for (const auto* name : {"vehicle.vin", "vehicle.plate"}) {
                const auto ours = vehicle_word(rules, main, name), theirs = vehicle_word(rules, part, name);
                if (ours.empty() || theirs.empty() || ours == theirs) continue;
                leave(part.file, part.line, part.prefix + part.members.base(), "another_test",
                      "编号相同，车辆不是同一辆", "the number is the same, the vehicle is another");
                return true;
            }
            return false;
        });
    }

    static void find_method(const Profile& profile, const Group& parts, const Part& main, Draft& draft) {
        std::set<std::string> found;
        if (const auto said = draft.head("method"); !said.empty()) found.insert(said);
        for (const auto& part : parts) {
            if (!part.message->method.empty()) found.insert(part.message->method);
            if (!part.message->readings || part.obd_alone) continue;
            for (const auto& rule : profile.rules.methods)
                if (has_any(rule.signs, part.members)) found.insert(rule.code);
        }
        if (found.size() == 1) draft.set_method(*found.begin());
        if (found.size() > 1) {
            std::string all;
            for (const auto& code : found) all += (all.empty() ? "" : ", ") + code;
            draft.at(main.file, main.prefix, main.line);
            draft.problem("unknown_method", main.members.base(), all, "检测方法与数据不符",
                          "the method is not that of the data");
        }
    }

    static void read_parts(const Profile& profile, const Group& parts, Draft& draft) {
        const auto& rules = profile.rules;
        std::vector<std::vector<Members>> rows;  // of each message
        const json* document = nullptr;
        for (const auto& part : parts) {
            draft.at(part.file, part.prefix, part.line);
            if (part.message->readings && !part.obd_alone) {
                draft.read_failed(part.members);
                for (const auto& method : rules.methods)
                    if (method.code == draft.head("method")) draft.read_readings(method.readings, part.members);
            } else if (part.message->head && !part.obd_alone) {
                draft.read_failed(part.members);
            }
            if (part.message->obd) draft.read_obd(*rules.obd, part.members);
            if (part.obd_alone && code_of(rules, "verdict", part.members) == "fail") draft.fail_obd();
            if (!part.message->trace || part.obd_alone) continue;
            const auto add = [&](Members row) {
                if (document != &part.members.document()) rows.emplace_back();
                document = &part.members.document();
                rows.back().push_back(std::move(row));
            };
            if (rules.trace->rows.empty()) {
                add(part.members);
                continue;
            }
            const bool of_document = rules.trace->rows.starts_with("#/");
            const auto& from = of_document ? part.members.document() : part.members.record();
            for (const auto& [row, pointer] :
                 find_all(from, of_document ? std::string() : part.members.base(),
                          of_document ? rules.trace->rows.substr(1) : rules.trace->rows, rules.any_case))
                if (row->is_object()) add(Members(*row, pointer, part.members.document(), rules.any_case));
        }
        if (rules.trace) draft.read_trace(*rules.trace, std::move(rows));
    }

    void make(const Profile& profile, Group& parts) {
        leave_repeated(parts);
        auto main = std::ranges::find_if(
            parts, [](const Part& p) { return p.message->head && !p.obd_alone && p.message->readings; });
        if (main == parts.end())
            main = std::ranges::find_if(parts, [](const Part& p) { return p.message->head && !p.obd_alone; });
        // Of OBD checks alone, one that has its own times is a test by itself.
        if (main == parts.end())
            main = std::ranges::find_if(parts, [&](const Part& p) {
                return p.obd_alone && !code_of(profile.rules, "started_at", p.members).empty();
            });
        if (main == parts.end()) {
            for (const auto& part : parts) {
                const bool is_trace = part.message->trace && !part.message->head;
                leave(part.file, part.line, part.prefix + part.members.base(), is_trace ? "no_result" : "no_test",
                      "没有同一编号的检验可归入", "there is no test of the same number that it could belong to");
            }
            return;
        }
        const Part first = *main;
        leave_of_others(profile.rules, first, parts);
        Draft draft(profile.rules, settings_);
        draft.at(first.file, first.prefix, first.line);
        draft.read_head(first.members);
        for (const auto& part : parts) {
            if (!part.message->head || part.obd_alone || &part.members.record() == &first.members.record()) continue;
            draft.at(part.file, part.prefix, part.line);
            draft.read_head(part.members);
        }
        if (first.obd_alone) draft.set_method("obd_only");
        find_method(profile, parts, first, draft);
        read_parts(profile, parts, draft);
        draft.at(first.file, first.prefix, first.line);
        auto record = draft.finish(first.members.base());
        finish(std::move(record), parts, first, draft);
    }

    void finish(Json record, const Group& parts, const Part& main, const Draft& draft) {
        const auto words = [](const RuleProblem& p, const std::string& text) {
            return p.value.empty() ? text : text + ": " + p.value;
        };
        for (const auto* list : {&draft.problems(), &draft.notes()})
            for (const auto& p : *list)
                if (list == &draft.problems() || !record.is_null())
                    leave(p.file, p.line, p.place, p.code, words(p, p.zh), words(p, p.en));
        std::vector<std::string> files{main.file};
        for (const auto& part : parts)
            if (std::ranges::find(files, part.file) == files.end()) files.push_back(part.file);
        if (record.is_null()) {
            for (const auto& file : files)
                if (std::ranges::none_of(draft.problems(), [&](const RuleProblem& p) { return p.file == file; }))
                    leave(file, 0, {}, "no_test", "它所属的检验没有采用，见 " + main.file,
                          "the test it belongs to was not taken, see " + main.file);
            return;
        }
        put_trace(record, draft.trace_csv());
        out_.taken.push_back(taken_of(record, draft.trace_csv(), std::move(files)));
    }

    const std::vector<Profile>& profiles_;
    const Settings& settings_;
    std::size_t line_ = 0;  ///< where the document in work begins; 0: with its file
    std::deque<json> kept_;
    std::map<std::pair<const Profile*, std::string>, Group> groups_;
    std::vector<std::pair<const Profile*, std::string>> order_;
    Intake out_;
};

}  // namespace

Intake read_messages(const std::vector<Document>& documents, const std::vector<Profile>& profiles,
                     const Settings& settings) {
    MessageReader reading(profiles, settings);
    for (const auto& document : documents) reading.read(document);
    return std::move(reading).run();
}

}  // namespace imloop::station::intake
