#include "station/intake/equipment.hpp"

#include <algorithm>
#include <iterator>

#include "station/intake/nha.hpp"
#include "station/intake/province_xml.hpp"

namespace imloop::station::intake {

journal::Result<Intake> read_equipment(const std::filesystem::path& path, const Settings& settings) {
    namespace fs = std::filesystem;
    if (!fs::is_directory(path)) return read_province_xml(path, settings);
    const auto any = [&](auto&& fits) {
        return std::ranges::any_of(fs::directory_iterator(path), [&](const auto& entry) { return fits(entry.path()); });
    };
    if (!any(is_xml)) return read_nha(path, settings);
    auto intake = read_province_xml(path, settings);
    if (!any([](const fs::path& file) { return file.extension() == ".ini"; })) return intake;
    auto of_nha = read_nha(path, settings);
    std::ranges::move(of_nha->taken, std::back_inserter(intake->taken));
    std::ranges::move(of_nha->left, std::back_inserter(intake->left));
    return intake;
}

}  // namespace imloop::station::intake
