#include "plugins/quantization/view/plot_cards.h"

#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/plot/plot_view.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"
#include "widgets/view.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine::quantization_plugin
{

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

void PlotCards::addTo(Panel* card, const char* figure, int height)
{
    cards_[figure] = {nullptr, plotIn(card, figure, height)};
}

plot::PlotView* PlotCards::plotIn(Panel* card, const char* figure, int height)
{
    auto* view = new plot::PlotView(card);
    view->setTitleVisible(false);
    view->setMinimumHeight(height);
    plot::forwardActions(*view, context_);
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

void PlotCards::show(const std::vector<figure::Figure>& figures, const QJsonObject& state)
{
    ranges_ = state["ranges"].toObject();
    for (const auto& [name, card] : cards_) {
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
        card.view->setFigure(*found);
        card.view->setRangeState(ranges_[fromUtf8(name)].toObject());
    }
}

} // namespace vitrine::quantization_plugin
