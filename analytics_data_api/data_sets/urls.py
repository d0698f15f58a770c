from django.urls import path

from analytics_data_api.data_sets import views

urlpatterns = [
    path("", views.DataSetListView.as_view()),
    path("<str:data_set>/", views.DataSetView.as_view()),
    path("<str:data_set>/rows/", views.DataSetRowsView.as_view()),
    path("<str:data_set>/partitions/", views.DataSetPartitionsView.as_view()),
]
