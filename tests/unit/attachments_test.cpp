#include "station/attachments.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using nlohmann::json;

namespace {

/// SHA-256 of "abc" (FIPS 180-4, example B.1).
constexpr const char* abc_digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct Files {
    test::TempDir dir;
    std::filesystem::path put(const std::string& name, const std::string& bytes = "abc") const {
        std::ofstream(dir.path() / name, std::ios::binary) << bytes;
        return dir.path() / name;
    }
};

std::vector<std::string> names(const std::vector<std::filesystem::path>& files) {
    std::vector<std::string> out;
    for (const auto& file : files) out.push_back(file.filename().string());
    return out;
}

json with(const json& attachments) {
    auto record = journal::parsed(R"({"schema":"imloop/repair/1","record_id":"01920000-0000-7000-8000-000000000002",
      "station_id":"M610404-03","occurred_at":"2026-03-05T15:00:00+08:00","vehicle":{"plate":"陕D·0T001"},
      "work_order_no":"W1","received_at":"2026-03-05T10:00:00+08:00","settled_at":"2026-03-05T15:00:00+08:00",
      "items":[{"code":"EMI-CAT"}],"total_fee":1480.00,"outcome":"repaired"})");
    record["attachments"] = attachments;
    return record;
}

loop::Admitted admit(const json& record) {
    return loop::admit(record.dump(), "M610404-03", loop::parse_moment("2026-03-06T00:00:00+08:00").value());
}

std::string code_of(const json& attachments) {
    const auto admitted = admit(with(attachments));
    return admitted.problems.empty() ? "" : admitted.problems[0].pointer + " " + admitted.problems[0].code;
}

}  // namespace

TEST_CASE("a file becomes its kind, name, digest and size, whatever its length") {
    const Files files;
    CHECK(*attachment_of(files.put("R1.JPG")) ==
          json{{"kind", "photo"}, {"name", "R1.JPG"}, {"sha256", abc_digest}, {"bytes", 3}});
    CHECK((*attachment_of(files.put("空.png", "")))["sha256"] ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const std::string longer(600'000, 'v');
    const auto video = *attachment_of(files.put("R1.mp4", longer));
    CHECK(video["kind"] == "video");
    CHECK(video["sha256"] == journal::to_hex(journal::sha256(longer)));
    CHECK(video["bytes"] == 600'000);
    CHECK((*attachment_of(files.put("清单.pdf")))["kind"] == "document");
}

TEST_CASE("what is no photo, video or document, or can't be read, is refused by name") {
    const Files files;
    CHECK(attachment_of(files.put("R1.exe")).error().code == "not_an_attachment");
    CHECK(attachment_of(files.put("R1")).error().code == "not_an_attachment");
    CHECK(attachment_of(files.dir.path() / "gone.jpg").error().code == "unreadable");
    std::filesystem::create_directory(files.dir.path() / "folder.jpg");
    const auto folder = attachment_of(files.dir.path() / "folder.jpg");
    CHECK(folder.error().code == "unreadable");
    CHECK(folder.error().detail().find("folder.jpg") != std::string::npos);
}

TEST_CASE("files of a number are those that begin with it and go on otherwise") {
    const Files files;
    for (const auto* name : {"R7.jpg", "R7-2.mp4", "R7_前.png", "R7前.png", "R71.jpg", "R7a.jpg", "R7.xml", "XR7.jpg"})
        files.put(name);
    std::filesystem::create_directory(files.dir.path() / "R7.png");
    CHECK(names(attachments_beside(files.dir.path(), "R7")) ==
          std::vector<std::string>{"R7-2.mp4", "R7.jpg", "R7_前.png", "R7前.png"});
    CHECK(attachments_beside(files.dir.path(), "R8").empty());
    CHECK(attachments_beside(files.dir.path(), "").empty());
    CHECK(attachments_beside(files.dir.path() / "none", "R7").empty());
}

TEST_CASE("attaching the same file twice counts once; a file that fails leaves the record as it was") {
    const Files files;
    json record = json::object();
    REQUIRE(attach(record, {}).has_value());
    CHECK(record == json::object());
    REQUIRE(attach(record, {files.put("a.jpg"), files.put("b.jpg")}).has_value());
    REQUIRE(attach(record, {files.put("a.jpg")}).has_value());
    CHECK(record["attachments"].size() == 2);
    REQUIRE(attach(record, {files.put("a.jpg", "retaken")}).has_value());
    CHECK(record["attachments"].size() == 3);

    const json before = record;
    CHECK(attach(record, {files.put("c.jpg"), files.dir.path() / "gone.jpg"}).error().code == "unreadable");
    std::vector<std::filesystem::path> many;
    for (std::size_t i = 0; i <= attachments_max; ++i) many.push_back(files.put(std::to_string(i) + ".jpg"));
    CHECK(attach(record, many).error().code == "too_many_attachments");
    CHECK(record == before);
}

TEST_CASE("records are admitted with attachments of the form, and refused with others") {
    const json right{{"kind", "photo"}, {"name", "R1.jpg"}, {"sha256", abc_digest}, {"bytes", 3}};
    CHECK(code_of(json::array()).empty());
    CHECK(code_of(json::array({right, right})).empty());
    auto one = right;
    one["kind"] = "sketch";
    CHECK(code_of(json::array({one})).empty());
    const auto warned = admit(with(json::array({one})));
    REQUIRE(warned.warnings.size() == 1);
    CHECK(warned.warnings[0].pointer == "/attachments/0/kind");
    for (const auto* name : {"photos/R1.jpg", "C:\\R1.jpg"}) {
        one = right;
        one["name"] = name;
        CHECK(code_of(json::array({one})) == "/attachments/0/name bad_format");
    }
    one = right;
    one["sha256"] = "BA78";
    CHECK(code_of(json::array({one})) == "/attachments/0/sha256 bad_format");
    one = right;
    one.erase("bytes");
    CHECK_FALSE(code_of(json::array({one})).empty());
    one = right;
    one["bytes"] = -1;
    CHECK_FALSE(code_of(json::array({one})).empty());
    CHECK_FALSE(code_of(right).empty());
}
