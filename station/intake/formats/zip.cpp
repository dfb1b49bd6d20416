#include "station/intake/formats/zip.hpp"

#include <zip.h>

#include <algorithm>
#include <map>

#include "loop/vehicle/text.hpp"
#include "station/intake/formats/table.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::uint64_t ratio_counts_from = 1U << 20;

journal::Error damaged(const std::string& what) {
    return {"bad_xlsx", "xlsx 文件损坏（" + what + "），请重新导出",
            "the xlsx file is damaged (" + what + "), export it again"};
}

std::string plain_name(std::string_view name) {
    if (name.starts_with('/')) name.remove_prefix(1);
    auto out = loop::lower(name);
    std::ranges::replace(out, '\\', '/');
    return out;
}

}  // namespace

struct Zip::Impl {
    zip_t* archive = nullptr;
    std::map<std::string, zip_uint64_t> parts;  ///< by plain_name
    ~Impl() {
        if (archive != nullptr) zip_discard(archive);
    }
};

Zip::Zip(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Zip::~Zip() = default;
Zip::Zip(Zip&&) noexcept = default;

journal::Result<Zip> Zip::open(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    auto impl = std::make_unique<Impl>();
    if (source != nullptr) impl->archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (impl->archive == nullptr) {
        if (source != nullptr) zip_source_free(source);
        return damaged(why);
    }
    if (static_cast<std::uint64_t>(zip_get_num_entries(impl->archive, 0)) > table_limits.zip_parts)
        return damaged("parts");
    const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(impl->archive, 0));
    for (zip_uint64_t i = 0; i < count; ++i)
        if (const char* name = zip_get_name(impl->archive, i, 0); name != nullptr)
            impl->parts.emplace(plain_name(name), i);
    return Zip(std::move(impl));
}

bool Zip::has(const std::string& name) const { return impl_->parts.contains(plain_name(name)); }

journal::Result<std::string> Zip::part(const std::string& name) const {
    const auto found = impl_->parts.find(plain_name(name));
    if (found == impl_->parts.end()) return damaged(name);
    zip_stat_t stat;
    zip_stat_init(&stat);
    constexpr auto needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(impl_->archive, found->second, 0, &stat) != 0 || (stat.valid & needed) != needed)
        return damaged(name);
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE)
        return journal::Error{"encrypted", "文件加了密码，请另存为不加密的文件",
                              "the file has a password, save it without one"};
    if (stat.size > table_limits.unpacked ||
        (stat.size > ratio_counts_from && stat.size / table_limits.zip_ratio > stat.comp_size))
        return journal::Error{"too_large", "解开后太大，请按月份分开导出",
                              "too large when unpacked, export it month by month: " + name};
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(impl_->archive, found->second, 0),
                                                                 zip_fclose);
    if (!file) return damaged(name);
    std::string out(stat.size, '\0');
    std::size_t at = 0;
    while (at < out.size()) {
        const auto n = zip_fread(file.get(), out.data() + at, out.size() - at);
        if (n <= 0) return damaged(name);
        at += static_cast<std::size_t>(n);
    }
    char beyond = 0;
    if (zip_fread(file.get(), &beyond, 1) != 0) return damaged(name);
    return out;
}

}  // namespace imloop::station::intake
