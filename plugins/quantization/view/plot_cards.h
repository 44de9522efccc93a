#pragma once

#include "core/figure/figure.h"

#include <QJsonObject>
#include <QObject>
#include <QString>

#include <map>
#include <string>
#include <vector>

class QLabel;
class QWidget;

namespace vitrine
{
class ElidedChoice;
class Panel;
class ViewContext;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::quantization_plugin
{

// Words in a card: "section" or "muted"; they wrap and can be selected.
QLabel* wordsLabel(const char* role, const QString& name, QWidget* parent);

// With room for so many letters; longer words are cut.
ElidedChoice* choiceIn(QWidget* parent, const QString& name, const QString& help, int letters);

// A number keeps its unit where a line breaks.
QString keptTogether(const std::string& sentence);

// The cards of a view that show a plot each, by the name of its figure.
class PlotCards : public QObject
{
    Q_OBJECT
public:
    PlotCards(ViewContext& context, QWidget* view);

    Panel* add(const char* figure, int height);
    // In a card that has more in it, which stays when there is no figure.
    void addTo(Panel* card, const char* figure, int height);
    // A sheet of pictures, each about `side` pixels wide: as many stand side by side as fit, and
    // the card is as high as its rows are. What leaves the window is laid out as the figure says.
    Panel* addSheet(const char* figure, int side);
    void fitSheets(int width); // of the page, its scroll bar apart

    // Draws those of which there are figures and hides the others. Ranges are those of `state`.
    void show(const std::vector<figure::Figure>& figures, const QJsonObject& state);

signals:
    // A person chose another range: all of them, as the state has them under "ranges".
    void rangesEdited(const QJsonObject& ranges, const QString& mergeKey);
    void clicked(const std::string& figure, double x, double y);

private:
    struct Card {
        Panel* card = nullptr; // that shows the figure alone
        plot::PlotView* view = nullptr;
        int side = 0; // of a sheet's pictures; 0: no sheet
        figure::Figure sheet = {};
    };
    plot::PlotView* plotIn(Panel* card, const char* figure, int height);
    plot::PlotView* sheetIn(Panel* card, const char* figure);
    plot::PlotView* plainPlotIn(Panel* card, const char* figure);
    void laySheet(Card& card);

    ViewContext& context_;
    QWidget* view_;
    std::map<std::string, Card> cards_;
    QJsonObject ranges_;
    int sheetWidth_ = 1000; // pixels
};

} // namespace vitrine::quantization_plugin
