#pragma once

#include "widgets/view.h"

#include <QPointer>

class QComboBox;
class QVBoxLayout;

namespace vitrine
{

// The view of experiments that bring none of their own: one run as cards of its metrics with its
// tables, several as a comparison. Knows nothing of what the numbers mean.
class GenericView : public View
{
    Q_OBJECT
public:
    GenericView(ViewContext& context, QWidget* parent);

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
    void followTable(QWidget& tables);
    void showTable();
    void explain(QWidget& number, const RunRecord& run, const Metric& metric);

    ViewContext& context_;
    std::vector<RunHandle> runs_;
    QString loading_;
    QString table_;               // the one a person chose; empty: the first
    QPointer<QComboBox> chooser_; // of the tables shown
    QWidget* page_ = nullptr;
};

} // namespace vitrine
