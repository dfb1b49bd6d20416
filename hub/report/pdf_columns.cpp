#include "hub/report/pdf_columns.hpp"

#include <numeric>

namespace imloop::hub {
namespace {

/// Between the least and the widest, by as much as there is room for; beyond the widest all by the same factor.
std::vector<double> shared(const std::vector<ColumnWish>& wishes, double width) {
    double least = 0, widest = 0;
    for (const auto& wish : wishes) least += wish.least, widest += wish.widest;
    std::vector<double> out;
    for (const auto& wish : wishes) {
        if (widest <= width)
            out.push_back(wish.widest * width / widest);
        else if (least < width)
            out.push_back(wish.least + (wish.widest - wish.least) * (width - least) / (widest - least));
        else
            out.push_back(wish.least * width / least);
    }
    return out;
}

double sum(const std::vector<ColumnWish>& wishes, double ColumnWish::*of) {
    return std::accumulate(wishes.begin(), wishes.end(), 0.0,
                           [of](double so_far, const ColumnWish& wish) { return so_far + wish.*of; });
}

std::vector<ColumnWish> at_size(std::vector<ColumnWish> wishes, double size) {
    for (auto& wish : wishes) wish.widest *= size / text_size_max, wish.least *= size / text_size_max;
    return wishes;
}

}  // namespace

ColumnPlan plan_columns(const std::vector<ColumnWish>& wishes, double width, double landscape_width) {
    if (sum(wishes, &ColumnWish::widest) <= width) return {false, text_size_max, shared(wishes, width)};
    double size = text_size_max;
    while (size > text_size_min && sum(at_size(wishes, size), &ColumnWish::least) > landscape_width) --size;
    return {true, size, shared(at_size(wishes, size), landscape_width)};
}

}  // namespace imloop::hub
