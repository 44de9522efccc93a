#include "app/window/command_palette.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QVBoxLayout>

#include "app/window/fuzzy_match.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr QSize kSize(560, 400);
constexpr int kRowHeight = 32, kMargin = 12, kGap = 16;
constexpr int kEntry = Qt::UserRole, kPlaces = Qt::UserRole + 1;

} // namespace

// One row: the words with the letters found in bold, where they belong, and the keys.
class CommandPalette::Line : public QStyledItemDelegate
{
public:
    Line(const std::vector<PaletteEntry>& entries, QObject* parent)
        : QStyledItemDelegate(parent), entries_(entries)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {kSize.width() / 2, kRowHeight};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const auto& colours = theme::palette();
        const QRect inside = option.rect.adjusted(kMargin, 0, -kMargin, 0);
        painter->save();
        painter->setFont(option.font);
        if (!index.data(kEntry).isValid()) { // a sentence where nothing is found
            painter->setPen(colours.muted);
            painter->drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
            painter->restore();
            return;
        }
        const PaletteEntry& entry = entries_[index.data(kEntry).toULongLong()];
        if (option.state & QStyle::State_Selected) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(colours.accentSoft);
            painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), theme::kRadius,
                                     theme::kRadius);
        }
        painter->setPen(colours.muted);
        const QString keys = entry.keys.toString(QKeySequence::NativeText);
        painter->drawText(inside, Qt::AlignRight | Qt::AlignVCenter, keys);
        const QFontMetrics metrics(option.font);
        const int right =
            inside.right() - (keys.isEmpty() ? 0 : metrics.horizontalAdvance(keys) + kGap);

        const int left = inside.left() + paintWords(*painter, option.font, inside, entry.words,
                                                    index.data(kPlaces).toList());
        painter->setPen(colours.muted);
        const QRect rest(left + kGap / 2, inside.top(), right - left - kGap / 2, inside.height());
        painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(entry.group, Qt::ElideRight, rest.width()));
        painter->restore();
    }

private:
    // How wide they are.
    static int paintWords(QPainter& painter, const QFont& font, const QRect& inside,
                          const QString& words, const QVariantList& places)
    {
        QTextLayout layout(words, font);
        QList<QTextLayout::FormatRange> bold;
        for (const QVariant& place : places) {
            QTextCharFormat format;
            format.setFontWeight(QFont::DemiBold);
            format.setForeground(theme::palette().accent);
            bold << QTextLayout::FormatRange{place.toInt(), 1, format};
        }
        layout.setFormats(bold);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        line.setLineWidth(inside.width());
        layout.endLayout();
        painter.setPen(theme::palette().text);
        layout.draw(&painter,
                    QPointF(inside.left(), inside.top() + (inside.height() - line.height()) / 2));
        return static_cast<int>(line.naturalTextWidth());
    }

    const std::vector<PaletteEntry>& entries_;
};

CommandPalette::CommandPalette(std::vector<PaletteEntry> entries, QWidget* parent)
    : QDialog(parent, Qt::Popup),
      entries_(std::move(entries)),
      line_(new QLineEdit(this)),
      list_(new QListWidget(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName("Command palette");
    setFixedSize(kSize.boundedTo(parent->size() * 0.9));
    line_->setPlaceholderText("Find an action, a room, a study or a workspace");
    line_->setAccessibleName("Find an action");
    line_->installEventFilter(this);
    list_->setAccessibleName("Actions");
    list_->setItemDelegate(new Line(entries_, list_));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(line_);
    column->addWidget(list_);
    connect(line_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(line_, &QLineEdit::returnPressed, this, &CommandPalette::take);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::take);
    filter({});
    move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 80)));
    line_->setFocus();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
        if (step != 0 && list_->count() > 0) {
            list_->setCurrentRow((list_->currentRow() + step + list_->count()) % list_->count());
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::filter(const QString& letters)
{
    struct Found {
        std::size_t entry;
        int score;
        QVariantList places;
    };
    std::vector<Found> found;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        // What the group says may be typed too ("theme dark"), and counts for less.
        if (const auto match = fuzzyMatch(entries_[i].words, letters)) {
            QVariantList places;
            for (const int place : match->places)
                places << place;
            found.push_back({i, match->score, places});
        } else if (const auto wide =
                       fuzzyMatch(entries_[i].group + ' ' + entries_[i].words, letters)) {
            found.push_back({i, wide->score / 2, {}});
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &Found::score);

    list_->clear();
    for (const Found& each : found) {
        auto* item = new QListWidgetItem(entries_[each.entry].words, list_);
        item->setData(kEntry, static_cast<qulonglong>(each.entry));
        item->setData(kPlaces, each.places);
    }
    if (found.empty()) {
        auto* none = new QListWidgetItem("No action of this name", list_);
        none->setFlags(Qt::NoItemFlags);
    } else {
        list_->setCurrentRow(0);
    }
}

void CommandPalette::take()
{
    const QListWidgetItem* item = list_->currentItem();
    if (item == nullptr || !(item->flags() & Qt::ItemIsEnabled))
        return;
    const auto act = entries_[item->data(kEntry).toULongLong()].act;
    close();
    act();
}

} // namespace vitrine
