#pragma once

#include <QColor>
#include <QFont>
#include <QString>
#include <QTextLayout>

#include "core/report/document.h"
#include "widgets/theme/palette.h"

#include <memory>
#include <vector>

// Text on pages. Lengths are in 1/1200 inch, fine enough that widths do not depend on the screen.
namespace vitrine::print
{

inline constexpr double kInch = 1200;
inline constexpr double pt(double points)
{
    return points * kInch / 72;
}
inline constexpr double mm(double millimetres)
{
    return millimetres * kInch / 25.4;
}

struct TextStyle {
    double size = 9.5; // points
    QFont::Weight weight = QFont::Normal;
    bool mono = false, muted = false;
    double leading = 1.42; // line height by size
    Qt::Alignment alignment = Qt::AlignLeft;
};

// A piece of text of one look.
struct Fragment {
    QString text{};
    bool strong = false, emphasis = false, code = false, muted = false;
};

// Lines of one width, laid out.
class PageText
{
public:
    PageText(const std::vector<Fragment>& fragments, const TextStyle& style, double width);

    int lines() const { return layout_->lineCount(); }
    double lineHeight() const { return lineHeight_; }
    double height() const { return lines() * lineHeight_; }
    // Line i with the top left corner of its box at `place`.
    void draw(QPainter& painter, int line, QPointF place) const;
    QString text() const { return layout_->text(); }

    // Width on one line.
    static double naturalWidth(const std::vector<Fragment>& fragments, const TextStyle& style);

private:
    std::shared_ptr<QTextLayout> layout_;
    double lineHeight_, ascentGap_ = 0;
    QColor colour_;
};

// Paper is white whatever the window's theme.
const theme::Palette& paper();

std::vector<Fragment> fragmentsOf(const std::vector<report::Words>& words);

} // namespace vitrine::print
