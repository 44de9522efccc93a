#include "widgets/report/page_preview.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include "widgets/plot/paint.h"
#include "widgets/print/page_layout.h"
#include "widgets/theme/palette.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr double kMargin = 16, kBetween = 16;
constexpr double kWidest = 860; // a page larger than life is no easier to judge
constexpr std::size_t kMostPictures = 8;

} // namespace

PagePreview::PagePreview(QWidget* parent) : QAbstractScrollArea(parent)
{
    setAccessibleName(tr("Page preview"));
    setToolTip(tr("The pages as they are printed; a click chooses what stands there"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumWidth(260);
}

PagePreview::~PagePreview() = default;

void PagePreview::setDocument(const report::Document& document)
{
    layout_ = std::make_unique<print::PageLayout>(document);
    pictures_.clear();
    updateBars();
    setAccessibleDescription(tr("%n page(s)", nullptr, pages()));
    viewport()->update();
}

int PagePreview::pages() const
{
    return layout_ ? layout_->pages() : 0;
}

QString PagePreview::text() const
{
    QString text;
    for (int page = 0; page < pages(); ++page)
        text += layout_->text(page);
    return text;
}

void PagePreview::setChosen(int section, int item)
{
    section_ = section;
    item_ = item;
    viewport()->update();
}

void PagePreview::showChosen()
{
    if (!layout_)
        return;
    for (const auto& place : layout_->places()) {
        if (place.section != section_ || place.item != item_)
            continue;
        const double scale = pagePixels().width() / print::PageLayout::pageSize().width();
        const double y =
            kMargin + place.page * (pagePixels().height() + kBetween) + place.rect.top() * scale;
        const int top = verticalScrollBar()->value();
        if (y < top || y > top + viewport()->height() - 80)
            verticalScrollBar()->setValue(static_cast<int>(y) - 40);
        return;
    }
}

QSizeF PagePreview::pagePixels() const
{
    const QSizeF page = print::PageLayout::pageSize();
    const double width = std::clamp(viewport()->width() - 2 * kMargin, 120.0, kWidest);
    return {std::floor(width), std::floor(width * page.height() / page.width())};
}

QRectF PagePreview::pageRect(int page) const
{
    const QSizeF size = pagePixels();
    return QRectF(std::floor((viewport()->width() - size.width()) / 2),
                  kMargin + page * (size.height() + kBetween) - verticalScrollBar()->value(),
                  size.width(), size.height());
}

const QPixmap& PagePreview::picture(int page)
{
    const double ratio = devicePixelRatioF();
    const QSize pixels = (pagePixels() * ratio).toSize();
    if (const auto found = pictures_.find(page);
        found != pictures_.end() && found->second.size() == pixels)
        return found->second;
    if (pictures_.size() >= kMostPictures)
        pictures_.clear();
    QImage image(pixels, QImage::Format_RGB32);
    image.fill(Qt::white);
    {
        plot::PagePainter painter(image);
        const double scale = pixels.width() / print::PageLayout::pageSize().width();
        painter.painter().setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        painter.painter().scale(scale, scale);
        layout_->paint(painter, page, std::max(1.0, scale * print::kInch / 96));
    }
    return pictures_[page] = QPixmap::fromImage(image);
}

void PagePreview::paintEvent(QPaintEvent* event)
{
    const theme::Palette& palette = theme::palette();
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette.sunken);
    if (!layout_)
        return;
    const double scale = pagePixels().width() / print::PageLayout::pageSize().width();
    for (int page = 0; page < layout_->pages(); ++page) {
        const QRectF rect = pageRect(page);
        if (!rect.intersects(QRectF(event->rect())))
            continue;
        painter.drawPixmap(rect, picture(page), QRectF(QPointF(), picture(page).size()));
        painter.setPen(QPen(palette.line, palette.lineWidth));
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5));
        for (const auto& place : layout_->places()) {
            if (place.page != page || place.section != section_ || place.item != item_)
                continue;
            const QRectF box(rect.topLeft() + place.rect.topLeft() * scale,
                             place.rect.size() * scale);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme::paletteOf(theme::ThemeName::light).accent, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box.adjusted(-6, -3, 6, 3), 3, 3);
        }
    }
}

void PagePreview::updateBars()
{
    const double height =
        2 * kMargin + pages() * (pagePixels().height() + kBetween) - (pages() > 0 ? kBetween : 0);
    verticalScrollBar()->setRange(
        0, std::max(0, static_cast<int>(std::ceil(height)) - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(40);
}

void PagePreview::resizeEvent(QResizeEvent*)
{
    updateBars();
}

void PagePreview::mouseReleaseEvent(QMouseEvent* event)
{
    if (!layout_ || event->button() != Qt::LeftButton)
        return;
    const double scale = pagePixels().width() / print::PageLayout::pageSize().width();
    for (const auto& place : layout_->places()) {
        const QPointF at = (event->position() - pageRect(place.page).topLeft()) / scale;
        if (place.rect.contains(at)) {
            emit chosen(place.section, place.item);
            return;
        }
    }
}

void PagePreview::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->key() == Qt::Key_Home)
        bar->setValue(0);
    else if (event->key() == Qt::Key_End)
        bar->setValue(bar->maximum());
    else
        QAbstractScrollArea::keyPressEvent(event);
}

void PagePreview::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
    QAbstractScrollArea::changeEvent(event);
}

} // namespace vitrine
