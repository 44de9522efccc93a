#pragma once

#include "core/figure/figure.h"
#include "widgets/view.h"

#include <QJsonObject>
#include <QWidget>

#include <map>

class QGridLayout;

namespace vitrine
{
class DataTable;
class Panel;
class ViewContext;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::video_plugin
{

// The figures of this room as plots, and the tables of points and deltas.
class CurvesPage : public QWidget
{
    Q_OBJECT
public:
    CurvesPage(ViewContext& context, QWidget* parent);

    void setContent(const std::vector<RunHandle>& runs, std::vector<figure::Figure> figures);
    void setRanges(const QJsonObject& ranges); // by figure
    void setFrame(double frame);               // cursor of the plots over frames

signals:
    void rangeEdited(const QString& figure, const QJsonObject& range);
    void frameClicked(double frame);

private:
    struct Plot {
        Panel* panel;
        plot::PlotView* view;
    };
    Plot& plotOf(const QString& figure, const QString& heading);

    ViewContext& context_;
    std::map<QString, Plot> plots_;
    QGridLayout* grid_;
    Panel *deltas_, *points_;
    DataTable *deltaTable_, *pointTable_;
};

// Rows of this table of every run; a first column names the run where there are several.
Table joined(const std::vector<RunHandle>& runs, const char* table,
             const std::vector<const char*>& leftOut);

} // namespace vitrine::video_plugin
