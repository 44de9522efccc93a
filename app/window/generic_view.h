#pragma once

#include "widgets/view.h"

#include <QPointer>

#include <functional>

class QComboBox;
class QVBoxLayout;

namespace vitrine
{

// The view of experiments that bring none of their own: one run as cards of its metrics with its
// figures and tables, several as a comparison. Knows nothing of what the numbers mean.
class GenericView : public View
{
    Q_OBJECT
public:
    // What the plugin draws of runs; any thread.
    using FiguresOfRuns = std::function<std::vector<figure::Figure>(const std::vector<RunRecord>&)>;

    GenericView(ViewContext& context, FiguresOfRuns figuresOf, QWidget* parent);

    void setRuns(const std::vector<RunHandle>& runs) override;
    QJsonObject state() const override;
    void setState(const QJsonObject& state) override;
    QString title() const override;
    void setLoading(const QString& what, double fraction) override;
    void setFailure(const QString& message) override;

private:
    void rebuild();
    void showSkeleton(QVBoxLayout& column);
    void showOne(QVBoxLayout& column, const RunRecord& run);
    void showSeveral(QVBoxLayout& column);
    void showTexts(QVBoxLayout& column);
    void addFigures(QVBoxLayout& column);
    void drawFigures();
    void takeFigures(const std::vector<figure::Figure>& drawn);
    void followTable(QWidget& tables);
    void showTable();
    void explain(QWidget& number, const RunRecord& run, const Metric& metric);

    ViewContext& context_;
    FiguresOfRuns figuresOf_;
    std::vector<RunHandle> runs_;
    QString loading_;
    QString table_;               // the one a person chose; empty: the first
    QPointer<QComboBox> chooser_; // of the tables shown
    QWidget* page_ = nullptr;
    QPointer<QWidget> figures_; // of the runs shown; on page_
};

} // namespace vitrine
