#include "plugins/quantization/view/plot_cards.h"

#include "core/figure/picture_look.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/plot/plot_view.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"
#include "widgets/view.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine::quantization_plugin
{
namespace
{

// A caption's line in a window (14 pixels, and a share of the air below the last) and on paper
// (4.4 mm, core/figure/picture_look.cpp).
constexpr double kPixelsPerMillimetre = 17 / 4.4;
constexpr int kAroundSheet = 2 * 12; // pixels of a card left and right of its body
constexpr int kFewestAcross = 3;

} // namespace

QLabel* wordsLabel(const char* role, const QString& name, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("role", role);
    label->setAccessibleName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

ElidedChoice* choiceIn(QWidget* parent, const QString& name, const QString& help, int letters)
{
    auto* choice = new ElidedChoice(parent);
    choice->setAccessibleName(name);
    choice->setToolTip(help);
    choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice->setMinimumContentsLength(letters);
    return choice;
}

QString keptTogether(const std::string& sentence)
{
    QString text = fromUtf8(sentence);
    for (const char* unit : {" %", " ms", " GB/s"})
        text.replace(QLatin1String(unit), QChar(0xa0) + QLatin1String(unit + 1));
    text.replace(QStringLiteral("p < "), QStringLiteral("p\u00a0<\u00a0"));
    return text.replace(QStringLiteral("p = "), QStringLiteral("p\u00a0=\u00a0"));
}

PlotCards::PlotCards(ViewContext& context, QWidget* view)
    : QObject(view), context_(context), view_(view)
{
}

Panel* PlotCards::add(const char* figure, int height)
{
    auto* card = new Panel(QString(), view_);
    cards_[figure] = {card, plotIn(card, figure, height)};
    return card;
}

Panel* PlotCards::addSheet(const char* figure, int side)
{
    auto* card = new Panel(QString(), view_);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto* plot = sheetIn(card, figure);
    cards_[figure] = {card, plot, side};
    return card;
}

void PlotCards::addTo(Panel* card, const char* figure, int height)
{
    cards_[figure] = {nullptr, plotIn(card, figure, height)};
}

plot::PlotView* PlotCards::plotIn(Panel* card, const char* figure, int height)
{
    plot::PlotView* view = plainPlotIn(card, figure);
    view->setMinimumHeight(height);
    plot::forwardActions(*view, context_);
    return view;
}

// What leaves the window is not laid out for it.
plot::PlotView* PlotCards::sheetIn(Panel* card, const char* figure)
{
    using plot::PlotView;
    PlotView* view = plainPlotIn(card, figure);
    const auto forward = [&](auto requested, void (ViewContext::*act)(const figure::Figure&)) {
        connect(view, requested, this,
                [this, name = std::string(figure), act] { (context_.*act)(cards_[name].sheet); });
    };
    forward(&PlotView::copyRequested, &ViewContext::copyFigure);
    forward(&PlotView::exportRequested, &ViewContext::exportFigure);
    forward(&PlotView::reportRequested, &ViewContext::addToReport);
    forward(&PlotView::originRequested, &ViewContext::showOrigin);
    return view;
}

plot::PlotView* PlotCards::plainPlotIn(Panel* card, const char* figure)
{
    auto* view = new plot::PlotView(card);
    view->setTitleVisible(false);
    card->body()->addWidget(view, 1);
    const QString key = QString::fromLatin1(figure);
    connect(view, &plot::PlotView::rangeEdited, this, [this, key](const QJsonObject& range) {
        ranges_[key] = range;
        emit rangesEdited(ranges_, QStringLiteral("zoom ") + key);
    });
    connect(view, &plot::PlotView::clicked, this,
            [this, name = std::string(figure)](double x, double y) { emit clicked(name, x, y); });
    return view;
}

void PlotCards::fitSheets(int width)
{
    if (std::exchange(sheetWidth_, width) == width)
        return;
    for (auto& [name, card] : cards_)
        if (card.side > 0 && !card.sheet.images.empty())
            laySheet(card);
}

void PlotCards::laySheet(Card& card)
{
    figure::Figure shown = card.sheet;
    const int room = sheetWidth_ - kAroundSheet;
    shown.width = room / kPixelsPerMillimetre;
    figure::layInRows(shown, std::max(kFewestAcross, room / card.side));
    card.view->setFixedHeight(static_cast<int>(std::lround(shown.height * kPixelsPerMillimetre)));
    card.view->setFigure(shown);
}

void PlotCards::show(const std::vector<figure::Figure>& figures, const QJsonObject& state)
{
    ranges_ = state["ranges"].toObject();
    for (auto& [name, card] : cards_) {
        const auto found = std::ranges::find(figures, name, &figure::Figure::name);
        const bool isThere = found != figures.end();
        card.view->setVisible(isThere);
        if (card.card)
            card.card->setVisible(isThere);
        if (!isThere)
            continue;
        if (card.card) {
            card.card->setHeading(fromUtf8(found->title));
            card.card->setToolTip(shownText(found->caption));
        }
        if (card.side > 0) {
            card.sheet = *found;
            laySheet(card);
        } else {
            card.view->setFigure(*found);
        }
        card.view->setRangeState(ranges_[fromUtf8(name)].toObject());
    }
}

} // namespace vitrine::quantization_plugin
