// Text on pages: laid out by Pango in the fonts that fontconfig finds, written by Cairo as PDF, so that it can be
// searched and copied. Lengths in points (1/72 inch), from the top left corner. One thread's at a time.
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include <memory>
#include <string>
#include <vector>

namespace imloop::hub {

struct PaperSize {
    double width = 0, height = 0;
};
inline constexpr PaperSize a4{595, 842}, a4_landscape{842, 595};

struct Unref {
    void operator()(void*) const;  ///< of GObject
    void operator()(cairo_surface_t*) const;
    void operator()(cairo_t*) const;
};

/// A text in lines.
class Laid {
public:
    struct Line {
        PangoLayoutLine* line;
        double left, top, baseline, bottom;  ///< within the text
    };
    explicit Laid(PangoLayout*);

    const std::vector<Line>& lines() const { return lines_; }
    double width() const { return width_; }
    double height() const { return lines_.back().bottom; }
    /// Characters that no font here has; each is drawn as a box with its code.
    int without_glyph() const;

private:
    std::unique_ptr<PangoLayout, Unref> layout_;
    std::vector<Line> lines_;  // one at least
    double width_ = 0;
};

class Paper {
public:
    /// The first page is begun. `made`: ISO 8601. Throws NoChineseFont (pdf.hpp).
    Paper(PaperSize, const std::string& title, const std::string& made);
    Paper(const Paper&) = delete;  // its bytes are written to where they are
    Paper& operator=(const Paper&) = delete;

    enum class Side { left, right, middle };
    /// As wide as it comes.
    Laid line(const std::string& text, double size) const;
    /// Broken between words (Chinese: between characters), and within a word that is wider than `width`. Lines beyond
    /// `lines_max` are cut off with an ellipsis; 0: none is.
    Laid wrapped(const std::string& text, double size, double width, Side = Side::left, int lines_max = 0) const;
    /// Its widest word.
    double widest_word(const std::string& text, double size) const;

    /// The text's top left corner goes there.
    void draw(const Laid&, double x, double y);
    void draw(const Laid::Line&, double x, double baseline);
    /// A hairline.
    void rule(double x, double y, double to_x, double to_y);
    void shade(double x, double y, double width, double height);
    void next_page();
    /// The whole file; ends it.
    std::string take();

private:
    PangoLayout* layout(const std::string& text, double size) const;
    std::string bytes_;
    std::unique_ptr<cairo_surface_t, Unref> surface_;
    std::unique_ptr<cairo_t, Unref> cairo_;
    std::unique_ptr<PangoContext, Unref> context_;
};

}  // namespace imloop::hub
