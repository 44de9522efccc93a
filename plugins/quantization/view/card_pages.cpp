#include "plugins/quantization/view/card_pages.h"

#include "plugins/quantization/view/plot_cards.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"

#include <QBoxLayout>
#include <QLabel>

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kCardsBeside = 720; // pixels with room for cards side by side

QVBoxLayout* columnIn(QWidget* widget)
{
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    return column;
}

} // namespace

CardPages::CardPages(const QString& switchName, QWidget* parent)
    : QWidget(parent), chooser_(new SegmentedSwitch(parent))
{
    chooser_->setAccessibleName(switchName);
    columnIn(this);
    connect(chooser_, &SegmentedSwitch::chosen, this, [this](int place) {
        const Page& page = pages_[static_cast<std::size_t>(place)];
        emit chosen(place == 0 ? QString() : page.key, page.word);
    });
}

void CardPages::addPage(const QString& key, const QString& word, const QString& help,
                        const QString& missing)
{
    auto* page = new QWidget(this);
    QVBoxLayout* column = columnIn(page);
    QLabel* none = wordsLabel("muted", tr("What is missing"), page);
    none->setText(missing.isEmpty() ? tr("These runs kept nothing of this: run again to see it.")
                                    : missing);
    none->setAlignment(Qt::AlignCenter);
    column->addWidget(none, 1);
    layout()->addWidget(page);
    pages_.push_back({key, word, help, page, column, none});
    QStringList words, helps;
    for (const Page& each : pages_) {
        words << each.word;
        helps << each.help;
    }
    chooser_->setOptions(words, helps);
}

void CardPages::addRow(std::initializer_list<Panel*> cards, int stretch)
{
    auto* row = new QBoxLayout(QBoxLayout::LeftToRight);
    row->setSpacing(8);
    for (Panel* card : cards) {
        row->addWidget(card, 1);
        pages_.back().cards.push_back(card);
    }
    pages_.back().column->addLayout(row, stretch);
    rows_.push_back(row);
}

void CardPages::addSpace()
{
    pages_.back().column->addStretch();
}

QString CardPages::show(const QString& key)
{
    const auto found = std::ranges::find(pages_, key, &Page::key);
    const auto shown = found == pages_.end() ? pages_.begin() : found;
    chooser_->setCurrent(static_cast<int>(shown - pages_.begin()));
    for (Page& page : pages_) {
        page.missing->setVisible(
            std::ranges::all_of(page.cards, [](QWidget* card) { return card->isHidden(); }));
        page.page->setVisible(page.key == shown->key);
    }
    return shown->key;
}

void CardPages::fitWidth(int width)
{
    for (QBoxLayout* row : rows_)
        row->setDirection(width < kCardsBeside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

} // namespace vitrine::quantization_plugin
