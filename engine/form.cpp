#include "engine/form.hpp"

#include <charconv>
#include <string>

namespace imloop::engine {
namespace {

constexpr std::string_view version_row = "schema_version";

}  // namespace

std::int64_t version_of(Connection& database, const Form& form) {
    if (!database.has_table("meta")) return 0;
    auto s = database.prepare(form.meta_get);
    s.bind(1, version_row);
    if (!s.step()) return 0;
    const auto text = s.text(0);
    std::int64_t version = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), version);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) throw DamagedFile(std::string(version_row));
    return version;
}

void bring_up_to_date(Connection& database, const Form& form, std::string_view name) {
    const auto known = form.version();
    if (version_of(database, form) == known) return;
    Transaction transaction(database);
    const auto found = version_of(database, form);
    if (found > known) {
        const std::string f = std::to_string(found), k = std::to_string(known);
        throw StoreError(std::string(name) + " 是更新版本的程序写的（数据库第 " + f + " 版，本程序只到第 " + k +
                         " 版），没有改动任何内容，请安装新版程序 / was written by a newer program (database version " +
                         f + ", this program knows up to " + k + "); nothing was changed, install the newer program");
    }
    for (auto n = found; n < known; ++n) form.steps[static_cast<std::size_t>(n)](database);
    database.prepare(form.meta_put).bind(1, version_row).bind(2, std::to_string(known)).run();
    transaction.commit();
}

}  // namespace imloop::engine
