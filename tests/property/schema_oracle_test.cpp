// The record schemas under an independent judge: valijson (JSON Schema draft-07) must find every record right that the
// library's own checker finds right, and wrong what it finds wrong.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <ranges>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "journal/json.hpp"
#include "loop/record/parse.hpp"
#include "loop/record/schema.hpp"
#include "schemas/embedded.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

namespace {

/// References into common.json become local ones, so that one document holds all it refers to. `multipleOf` is left
/// out: valijson takes the remainder of doubles, where 1480.00 is no multiple of 0.01.
json with_references(json node) {
    if (node.is_object()) {
        node.erase("multipleOf");
        for (auto& [name, value] : node.items()) {
            if (name == "$ref" && value.get<std::string>().starts_with("common.json#/definitions/"))
                value = "#/definitions/" + value.get<std::string>().substr(sizeof "common.json#/definitions/" - 1);
            else
                value = with_references(value);
        }
    } else if (node.is_array()) {
        for (auto& value : node) value = with_references(value);
    }
    return node;
}

class Judge {
public:
    explicit Judge(const std::string& kind) {
        json whole = with_references(journal::parsed(schemas::text("records/" + kind + ".json")));
        const json common = with_references(journal::parsed(schemas::text("records/common.json")));
        for (const auto& [name, definition] : common.at("definitions").items()) whole["definitions"][name] = definition;
        whole.erase("$id");
        valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(whole), schema_);
    }
    bool holds(const json& record) {
        valijson::Validator validator(valijson::Validator::kStrongTypes);
        try {
            return validator.validate(schema_, Adapter(record), nullptr);
        } catch (const std::exception&) {
            return false;  // it throws where a `format` stands on a value that is no text
        }
    }

private:
    valijson::Schema schema_;
};

bool own_holds(const loop::record::Schema& schema, const json& record) {
    std::vector<loop::record::Fault> faults;
    const auto read = loop::record::parse(record.dump());
    schema.check(read.json, "", faults);
    return std::ranges::all_of(faults, [](const auto& f) { return f.warning || f.code == "too_many_decimals"; });
}

/// A place somewhere in the record.
json* any_place(json& node, std::mt19937& random) {
    json* at = &node;
    while (at->is_structured() && !at->empty() && (at == &node || random() % 3 != 0)) {
        auto it = at->begin();
        std::advance(it, static_cast<std::ptrdiff_t>(random() % at->size()));
        at = &*it;
    }
    return at;
}

void spoil(json& record, std::mt19937& random) {
    json* at = any_place(record, random);
    static const std::vector<json> others{
        nullptr, true, 0, -1, 1.5, 1e9, "", "x", std::string(3000, 'y'), json::array(), json::object(), {{"a", 1}}};
    if (random() % 3 == 0 && record.size() > 1) {
        auto it = record.begin();
        std::advance(it, static_cast<std::ptrdiff_t>(random() % record.size()));
        record.erase(it);
    } else {
        *at = others[random() % others.size()];
    }
}

}  // namespace

TEST_CASE("an independent draft-07 validator agrees about every record of the vectors, right and spoilt") {
    std::map<std::string, Judge> judges;
    std::map<std::string, loop::record::Schema> schemas_of;
    std::mt19937 random(7);
    std::size_t right = 0, wrong = 0;
    for (const auto* folder : {"episodes", "identity"})
        for (const auto& file : std::filesystem::directory_iterator(test::vectors() / folder)) {
            const json vector = journal::parsed(test::read_file(file.path()));
            for (const auto& record : vector.at("records")) {
                const std::string name = record.at("schema").get<std::string>().substr(sizeof "imloop/" - 1);
                const std::string kind = name.substr(0, name.find('/'));
                auto& judge = judges.try_emplace(kind, kind).first->second;
                const auto& own = schemas_of.try_emplace(kind, "records/" + kind + ".json").first->second;
                INFO(file.path().filename() << ": " << record);
                CHECK(judge.holds(record));
                CHECK(own_holds(own, record));
                for (int i = 0; i < 40; ++i) {
                    json spoilt = record;
                    for (unsigned n = random() % 2 + 1; n > 0; --n) spoil(spoilt, random);
                    const bool theirs = judge.holds(spoilt), ours = own_holds(own, spoilt);
                    if (theirs != ours) {
                        INFO("spoilt: " << spoilt << " theirs " << theirs << " ours " << ours);
                        CHECK(theirs == ours);
                    }
                    ++(theirs ? right : wrong);
                }
            }
        }
    CHECK(right > 100);
    CHECK(wrong > 1000);
    CHECK(judges.size() >= 5);
}
