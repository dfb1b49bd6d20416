#include "station/page/assets.hpp"

#include <map>
#include <string>

#include "schemas/embedded_files.hpp"

namespace imloop::station::page {

extern const schemas::EmbeddedFile page_assets[];
extern const std::size_t page_assets_count;

const Asset* asset_named(std::string_view path) {
    static const auto assets = [] {
        std::map<std::string, Asset, std::less<>> out;
        for (std::size_t i = 0; i < page_assets_count; ++i) {
            const auto& file = page_assets[i];
            const auto type = file.path.ends_with(".css")  ? "text/css; charset=utf-8"
                              : file.path.ends_with(".js") ? "text/javascript; charset=utf-8"
                                                           : "image/svg+xml";
            out.emplace("/assets/" + std::string(file.path), Asset{type, file.text});
        }
        return out;
    }();
    const auto it = assets.find(path);
    return it == assets.end() ? nullptr : &it->second;
}

}  // namespace imloop::station::page
