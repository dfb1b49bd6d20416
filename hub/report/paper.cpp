#include "hub/report/paper.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <new>

#include "hub/report/pdf.hpp"

namespace imloop::hub {
namespace {

constexpr double points_an_inch = 72, hair = 0.4;
constexpr double grey = 0.55, light = 0.92;
/// Known faces for Chinese, whose Latin letters go with them; else whatever this computer has.
constexpr const char* faces = "Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Micro Hei,sans-serif";
/// Simplified forms, which a font for Japanese or traditional Chinese lacks.
constexpr const char* chinese = "检验维修闭环复核负责";

cairo_status_t append(void* to, const unsigned char* data, unsigned int size) {
    try {
        static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), size);
        return CAIRO_STATUS_SUCCESS;
    } catch (const std::bad_alloc&) {
        return CAIRO_STATUS_WRITE_ERROR;
    }
}

void held(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS) throw std::runtime_error(std::string("PDF: ") + cairo_status_to_string(status));
}

/// As Cairo takes it: valid UTF-8, without NUL and the noncharacters of Unicode 23.7.
std::string drawable(const std::string& text) {
    const std::unique_ptr<char, decltype(&g_free)> valid(
        g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())), &g_free);
    std::string out;
    for (const char *at = valid.get(), *next = nullptr; *at != '\0'; at = next) {
        next = g_utf8_next_char(at);
        const gunichar c = g_utf8_get_char(at);
        const bool is_noncharacter = (c & 0xFFFEU) == 0xFFFEU || (c >= 0xFDD0 && c <= 0xFDEF);
        is_noncharacter ? out.append("\uFFFD") : out.append(at, next);
    }
    return out;
}

PangoAlignment pango_side(Paper::Side side) {
    return side == Paper::Side::left    ? PANGO_ALIGN_LEFT
           : side == Paper::Side::right ? PANGO_ALIGN_RIGHT
                                        : PANGO_ALIGN_CENTER;
}

PangoContext* context_for(cairo_t* cairo) {
    // Of its own: the default one is kept by the thread with all that it ever laid out.
    const std::unique_ptr<PangoFontMap, Unref> fonts(pango_cairo_font_map_new());
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(fonts.get()), points_an_inch);
    PangoFontFamily** families = nullptr;
    int count = 0;
    pango_font_map_list_families(fonts.get(), &families, &count);
    g_free(families);
    if (count == 0) throw NoChineseFont();  // before Pango, which ends the program, looks for one
    auto* out = pango_font_map_create_context(fonts.get());
    pango_cairo_update_context(cairo, out);
    pango_context_set_round_glyph_positions(out, FALSE);
    // Among fonts with Han characters the one with those of the mainland.
    pango_context_set_language(out, pango_language_from_string("zh-cn"));
    return out;
}

}  // namespace

void Unref::operator()(void* object) const { g_object_unref(object); }
void Unref::operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
void Unref::operator()(cairo_t* cairo) const { cairo_destroy(cairo); }

Laid::Laid(PangoLayout* layout) : layout_(layout) {
    const std::unique_ptr<PangoLayoutIter, decltype(&pango_layout_iter_free)> at(pango_layout_get_iter(layout),
                                                                                 &pango_layout_iter_free);
    do {
        PangoRectangle logical;
        pango_layout_iter_get_line_extents(at.get(), nullptr, &logical);
        lines_.push_back({pango_layout_iter_get_line_readonly(at.get()), pango_units_to_double(logical.x),
                          pango_units_to_double(logical.y),
                          pango_units_to_double(pango_layout_iter_get_baseline(at.get())),
                          pango_units_to_double(logical.y + logical.height)});
        width_ = std::max(width_, pango_units_to_double(logical.width));
    } while (pango_layout_iter_next_line(at.get()));
}

int Laid::without_glyph() const { return pango_layout_get_unknown_glyphs_count(layout_.get()); }

Paper::Paper(PaperSize size, const std::string& title, const std::string& made)
    : surface_(cairo_pdf_surface_create_for_stream(&append, &bytes_, size.width, size.height)),
      cairo_(cairo_create(surface_.get())),
      context_(context_for(cairo_.get())) {
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATOR, "I/M Loop");
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE, made.c_str());
    cairo_set_line_width(cairo_.get(), hair);
    if (line(chinese, points_an_inch).without_glyph() > 0) throw NoChineseFont();
}

PangoLayout* Paper::layout(const std::string& text, double size) const {
    auto* out = pango_layout_new(context_.get());
    const std::unique_ptr<PangoFontDescription, decltype(&pango_font_description_free)> font(
        pango_font_description_from_string(faces), &pango_font_description_free);
    pango_font_description_set_size(font.get(), pango_units_from_double(size));
    pango_layout_set_font_description(out, font.get());
    // A cell stands where its column does, whichever way its script is read.
    pango_layout_set_auto_dir(out, FALSE);
    // A hyphen at the end of a line would be taken for one of an id's.
    auto* as_written = pango_attr_list_new();
    pango_attr_list_insert(as_written, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(out, as_written);
    pango_attr_list_unref(as_written);
    const auto said = drawable(text);
    pango_layout_set_text(out, said.data(), static_cast<int>(said.size()));
    return out;
}

Laid Paper::line(const std::string& text, double size) const { return Laid(layout(text, size)); }

Laid Paper::wrapped(const std::string& text, double size, double width, Side side, int lines_max) const {
    auto* out = layout(text, size);
    pango_layout_set_width(out, pango_units_from_double(width));
    pango_layout_set_wrap(out, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(out, pango_side(side));
    if (lines_max > 0) {
        pango_layout_set_height(out, -lines_max);
        pango_layout_set_ellipsize(out, PANGO_ELLIPSIZE_END);
    }
    return Laid(out);
}

double Paper::widest_word(const std::string& text, double size) const {
    auto* out = layout(text, size);
    pango_layout_set_width(out, 0);
    pango_layout_set_wrap(out, PANGO_WRAP_WORD);
    return Laid(out).width();
}

void Paper::draw(const Laid& text, double x, double y) {
    for (const auto& one : text.lines()) draw(one, x, y + one.baseline);
}

void Paper::draw(const Laid::Line& line, double x, double baseline) {
    cairo_move_to(cairo_.get(), x + line.left, baseline);
    pango_cairo_show_layout_line(cairo_.get(), line.line);
}

void Paper::rule(double x, double y, double to_x, double to_y) {
    cairo_set_source_rgb(cairo_.get(), grey, grey, grey);
    cairo_move_to(cairo_.get(), x, y);
    cairo_line_to(cairo_.get(), to_x, to_y);
    cairo_stroke(cairo_.get());
    cairo_set_source_rgb(cairo_.get(), 0, 0, 0);
}

void Paper::shade(double x, double y, double width, double height) {
    cairo_set_source_rgb(cairo_.get(), light, light, light);
    cairo_rectangle(cairo_.get(), x, y, width, height);
    cairo_fill(cairo_.get());
    cairo_set_source_rgb(cairo_.get(), 0, 0, 0);
}

void Paper::next_page() { cairo_show_page(cairo_.get()); }

std::string Paper::take() {
    cairo_show_page(cairo_.get());
    held(cairo_status(cairo_.get()));
    cairo_surface_finish(surface_.get());
    held(cairo_surface_status(surface_.get()));
    return std::move(bytes_);
}

}  // namespace imloop::hub
