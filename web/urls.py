"""The addresses of the pages."""

from django.urls import path

from web.views import batches, cuts, documents, home, looks, people, quality, search, sign_in

urlpatterns = [
    path("", home.home),
    path("dang-lam/", home.batches_under_way),
    path("dang-nhap/", sign_in.sign_in),
    path("dang-xuat/", sign_in.sign_out),
    path("vao/<str:untrusted_token>/", sign_in.ticket),
    path("tai-khoan/", sign_in.own_account),
    path("tep/<int:receipt_id>/quyet-dinh/", home.decide),
    path("tep/<int:receipt_id>/chia/", cuts.strip),
    path("tep/<int:receipt_id>/chia/trang-thai/", cuts.state),
    path("tep/<int:receipt_id>/chia/trang/<int:number>.jpg", cuts.page_image),
    path("lo/", batches.batches),
    path("lo/moi/", batches.new_batch),
    path("lo/<int:batch_id>/", batches.batch),
    path("lo/<int:batch_id>/tien-do/", batches.batch_progress),
    path("lo/<int:batch_id>/tep/", batches.add_file),
    path("lo/<int:batch_id>/dong/", batches.close_batch),
    path("giay-to/<str:document_id>/", documents.document),
    path("giay-to/<str:document_id>/trang-thai/", documents.state),
    path("giay-to/<str:document_id>/trang/<int:number>.jpg", documents.page_image),
    path("giay-to/<str:document_id>/tep.pdf", documents.download),
    path("giay-to/<str:document_id>/hien-so/", documents.reveal),
    path("giay-to/<str:document_id>/kiem-tra/", documents.check),
    path("giay-to/<str:document_id>/tu-choi/", documents.refuse),
    path("giay-to/<str:document_id>/ky/", documents.sign),
    path("tim/", search.search),
    path("vi-sao/", looks.why),
    path("nguoi-xem/", looks.looks),
    path("chat-luong/", quality.quality),
    path("quan-tri/", people.overview),
    path("quan-tri/tai-khoan/", people.add_account),
    path("quan-tri/tai-khoan/<int:account_id>/", people.change_account),
    path("quan-tri/tai-khoan/<int:account_id>/lien-ket/", people.issue_link),
    path("quan-tri/may/", people.add_client),
    path("quan-tri/may/<int:client_id>/thu-hoi/", people.revoke_client),
]
